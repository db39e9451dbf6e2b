import Testing

/// Events that a projection cannot fold, or does not understand.
@Suite("Poison events and versions")
enum PoisonTests {}
