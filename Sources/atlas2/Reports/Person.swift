import Foundation
import Postgres

/// Somebody, as a report names them: as they are called now, whatever they were called then.
struct Person: Sendable {
    /// Nil: Atlas2 itself.
    var id: UUID?
    /// Nil once erased.
    var email: String?
    var name: String?
    /// Whether who reads may see who it is.
    var isVisible = true

    /// For a sentence.
    var short: String {
        guard let id else { return "Atlas2 itself" }
        if let name, !name.isEmpty { return name }
        return email ?? (isVisible ? "(erased user \(id.text.prefix(8)))" : "user \(id.text.prefix(8))")
    }

    /// With the address, where there is more than that.
    var full: String {
        guard let email, short != email else { return short }
        return "\(short) <\(email)>"
    }
}
