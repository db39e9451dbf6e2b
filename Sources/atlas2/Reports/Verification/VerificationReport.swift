import AuditLog
import Foundation
import Postgres
import Processing

/// A verification, for people who were not there.
struct VerificationReport: VerificationDocument {
    let found: Verification
    /// The tenant's slug.
    let tenant: String
    let startedAt: Timestamp
    let endedAt: Timestamp
    /// Who ran it, and where.
    let login: String
    /// What the log's tables say around it, where they were asked.
    var surroundings: ReportSurroundings?
    /// The command that repeats it.
    let command: String

    /// - Parameter arguments: the command line that repeats the verification.
    init(_ found: Verification, tenant: String, at startedAt: Timestamp, arguments: [String]) {
        self.found = found
        self.tenant = tenant
        self.startedAt = startedAt
        endedAt = .now
        login = Login.current
        command = Self.command(arguments)
    }

    /// The position of the first problem.
    var firstBadPosition: Int64? { found.problems.first?.position }

    var json: JSONValue {
        let problems = found.problems.map { problem in
            JSONValue.object([
                ("position", .integer(problem.position)), ("verdict", .string(problem.verdict.rawValue)),
                ("detail", .string(problem.detail)),
            ])
        }
        let agreements = found.agreements.map { agreement in
            JSONValue.object([
                ("source", .string(agreement.sourceName)), ("size", .integer(agreement.size)),
                ("root", .string(agreement.root.hexadecimal)),
            ])
        }
        let groups = found.groups.map { group in
            JSONValue.object([
                ("month", .string(group.month)), ("stream_type", .string(group.streamType)),
                ("events", .integer(group.events)), ("verified", .integer(group.verified)),
                ("not_sealed", .integer(group.unsealed)), ("erased", .integer(group.erased)),
                ("redacted", .integer(group.redacted)), ("modified", .integer(group.modified)),
                ("disordered", .integer(group.disordered)),
            ])
        }
        let erasures = found.erasures.map { erasure in
            JSONValue.object([
                ("position", .integer(erasure.position)), ("stream", .string(erasure.stream)),
                ("recorded_at", .string(erasure.recordedAt)), ("basis", .string(erasure.basis)),
                ("emptied", .integer(erasure.emptied)), ("redacted", .integer(erasure.redacted)),
            ])
        }
        let witnesses = found.witnesses.map { witness in
            JSONValue.object([
                ("name", .string(witness.key.name)), ("key", .string(witness.key.vkey)),
                ("announced", .bool(witness.isAnnounced)), ("given", .bool(witness.isGiven)),
                ("size", .optional(witness.size)),
                ("time", .optional(witness.time.map { Timestamp(unixSeconds: $0).description })),
            ])
        }
        return .object([
            ("kind", .string("log")), ("sound", .bool(found.isSound)), ("unmet", .strings(found.unmet)),
            ("events", .integer(found.events)), ("erased", .integer(found.erased)),
            ("log_size", .integer(found.size)), ("root", .string(found.root.hexadecimal)),
            ("problem_count", .integer(found.problemCount)), ("problems", .array(problems)),
            ("first_bad_position", .optional(firstBadPosition)), ("verified", .integer(found.verified)),
            ("not_sealed", .integer(found.unsealed)), ("redacted", .integer(found.redacted)),
            ("unproved", .integer(found.unproved)), ("restored", .integer(found.restored)),
            ("modified", .integer(found.modified)),
            ("missing", .integer(found.missing)), ("disordered", .integer(found.disordered)),
            ("sealed_size", .integer(found.sealedSize)), ("checkpoint_count", .integer(found.checkpoints)),
            ("checkpoint", .optional(found.checkpoint)), ("keys", .strings(found.keys)),
            ("witnesses", .array(witnesses)), ("quorum", .integer(found.quorum)),
            ("witnessed_size", .integer(found.witnessedSize)),
            ("agreements", .array(agreements)), ("groups", .array(groups)),
            ("erasure_count", .integer(found.erasureCount)), ("erasures", .array(erasures)),
            ("not_proved", .strings(found.notProved)), ("tenant", .string(tenant)),
            ("started_at", .string(startedAt.description)), ("ended_at", .string(endedAt.description)),
            ("login", .string(login)), ("command", .string(command)), ("program", .string("atlas2 \(atlas2Version)")),
            ("surroundings", surroundings?.json ?? .null),
        ])
    }
}

extension Anchor {
    /// In a report: `database`, `sealer`, or the file's name.
    var sourceName: String {
        switch source {
        case .stored: "database"
        case .sealer: "sealer"
        case .given(let name): name
        }
    }
}

extension Verification {
    /// What it comes to, in one sentence without its end.
    var verdict: String {
        isSound
            ? "the log is sound" + exception
            : "the log is NOT sound: \(problemCount.counting("problem")), the first at position \(problems.first?.position ?? 0)"
    }

    /// What has to be said with the word sound; empty where nothing has.
    var exception: String {
        unproved == 0
            ? "" : "; that what is left of \(unproved.counting("redacted event")) stood there before is not proved"
    }
}
