import Testing

/// The program as its users run it: a process with a home of its own, its exit codes, what it prints and what it leaves.
@Suite("Commands")
enum CommandTests {}
