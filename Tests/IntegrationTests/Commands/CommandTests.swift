import Testing

/// The program as its users run it: a process with a home of its own, its exit codes, what it prints and what it leaves.
///
/// Three at once: more, each with a server of its own, would only wait for the processors, and their time limits run on.
@Suite("Commands", AtOnce(3))
enum CommandTests {}
