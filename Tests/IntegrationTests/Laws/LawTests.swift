import Testing

/// The laws of the design, against a real PostgreSQL.
@Suite("Laws")
enum LawTests {}
