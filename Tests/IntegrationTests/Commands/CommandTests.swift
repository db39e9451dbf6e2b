import Testing

/// The program as its users run it: a process with a home of its own, its exit codes, what it prints and what it leaves.
///
/// One after the other: some end a process at a chosen moment, which others would shift.
@Suite("Commands", .serialized)
enum CommandTests {}
