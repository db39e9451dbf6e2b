import AuditLog
import Foundation
import Postgres
import Processing

/// What a report says of itself: of what it was made, by whom, and how far the log bears it out.
struct ReportHead: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case audit
        case activity
        case jobs
        case access

        var title: String {
            switch self {
            case .audit: "Audit trail"
            case .activity: "Activity"
            case .jobs: "Jobs"
            case .access: "Access"
            }
        }

        /// What it answers.
        var question: String {
            switch self {
            case .audit: "Who did what, to which resource, when, from where and why, and what it was before."
            case .activity: "What each user did on each day."
            case .jobs: "Which files were processed by which mappings, how long it took, and what came of their rows."
            case .access:
                "Who made which report or export, who was given or lost rights, who erased, and who placed legal holds."
            }
        }
    }

    var kind: Kind
    var tenant: Tenants.Tenant
    var range: TimeRange
    /// Only what this user did.
    var user: Users.User?
    /// Only this resource.
    var resource: StreamID?
    /// Who made it.
    var author: Users.User?
    var scope: Scope
    var madeAt: Timestamp
    /// The verification of the log made in the same run.
    var found: Verification
    /// The event that says that it was made.
    var disclosure: Disclosures.Disclosure

    /// The number of events that it was made of: those before its own.
    var size: Int64 { found.size }

    /// The latest checkpoint that is signed and fits.
    var checkpoint: Checkpoint? { found.checkpoint.flatMap { try? SignedCheckpoint(parsing: $0).checkpoint } }

    /// Whether nothing was found wrong, and all that is asked for by the settings could be done.
    var isSound: Bool { found.isSound && found.unmet.isEmpty }

    /// Whether something that was signed covers the event at a position.
    func isSealed(_ position: Int64) -> Bool { position < found.sealedSize }

    /// `sealed`, `not sealed`, or what is wrong with the event at a position.
    func seal(_ position: Int64) -> String {
        let problems = found.problems
        let start = problems.partitioningIndex { $0.position >= position }
        if start < problems.count, problems[start].position == position { return problems[start].verdict.rawValue }
        return isSealed(position) ? "sealed" : "not sealed"
    }

    /// What it was limited to, in words; nil for nothing.
    var limits: String? {
        let parts = [
            user.map { "what \(Person(id: $0.id, email: $0.email, name: $0.name).full) did" },
            resource.map { "the resource \($0)" },
        ].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: ", and of that ")
    }

    var authorWords: String {
        guard let author else { return scope.login ?? "" }
        let person = Person(id: author.id, email: author.email, name: author.name).full
        return "\(person), \(author.role), as \(scope.login ?? "")"
    }

    /// Whether who made it may see what others did.
    private var sees: Bool { scope.role != .user }

    /// What a reader has to know of whose eyes it was made with; nil for those who see all.
    var visibility: String? {
        sees ? nil : "Made by a user who is neither admin nor auditor: it shows only what they did."
    }

    /// Name and value, for people.
    var facts: [(String, String)] {
        let name = tenant.name.map { $0 == tenant.slug ? "" : " (\($0))" } ?? ""
        var facts = [
            ("Organisation", tenant.slug + name), ("Time", range.words),
            ("Limited to", limits ?? (sees ? "nothing: all of it" : "what who made it did")),
            ("Log", size > 0 ? "\(size.counting("event")), positions 0 to \(size - 1)" : "empty"),
        ]
        if let checkpoint {
            facts += [
                ("Checkpoint", "\(checkpoint.origin), \(checkpoint.size.counting("event"))"),
                ("Root", checkpoint.root.hexadecimal),
                ("Signed with", found.keys.last ?? "a key that is not known here"),
            ]
        } else {
            facts.append(("Checkpoint", "there is none that is signed and fits"))
        }
        let open = size - min(size, found.sealedSize)
        facts += [
            ("Not sealed yet", open == 0 ? "no event" : "\(open.counting("event")), from position \(size - open) on"),
            ("Made by", authorWords), ("Made at", madeAt.forPeople), ("Made with", "atlas2 \(atlas2Version)"),
            ("Recorded as", "event \(disclosure.position) of the log, disclosure/\(disclosure.id.text)"),
        ]
        return facts
    }

    /// The same for machines.
    var json: JSONValue {
        .object([
            ("record", .string("report")), ("report", .string(kind.rawValue)), ("tenant", .string(tenant.slug)),
            ("from", .optional(range.from?.description)), ("to", .optional(range.to?.description)),
            ("range", .string(range.words)), ("user_id", .optional(user?.id.text)),
            ("resource", .optional(resource?.description)), ("log_size", .integer(size)),
            (
                "checkpoint",
                checkpoint.map { checkpoint in
                    .object([
                        ("origin", .string(checkpoint.origin)), ("size", .integer(checkpoint.size)),
                        ("root", .string(checkpoint.root.hexadecimal)), ("key", .optional(found.keys.last)),
                    ])
                } ?? .null
            ),
            ("sound", .bool(found.isSound)), ("verdict", .string(found.verdict)),
            ("problem_count", .integer(found.problemCount)), ("unmet", .strings(found.unmet)),
            ("sealed_size", .integer(found.sealedSize)), ("role", .string(scope.role.name)),
            ("made_by", .optional(author?.id.text)), ("email", .optional(author?.email)),
            ("login", .optional(scope.login)), ("made_at", .string(madeAt.description)),
            ("program", .string("atlas2 \(atlas2Version)")), ("disclosure", .string(disclosure.id.text)),
            ("position", .integer(disclosure.position)),
        ])
    }
}

extension [Verification.Problem] {
    /// The first index whose element fulfils what all behind it do.
    fileprivate func partitioningIndex(_ isBehind: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
