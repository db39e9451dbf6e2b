/// What the program prints with `--json`, as far as tests ask for it; a key that is missing fails the decoding.
struct RunAnswer: Decodable, Sendable {
    struct Count: Decodable, Sendable {
        var field: String?
        var rule: String
        var code: String
        var count: Int
    }
    var jobId: String
    var status: String
    var detail: String?
    var mapping: String
    var rows: Int
    var accepted: Int
    var rejected: Int
    var skipped: Int
    var preambleLines: Int
    var footerLines: Int
    var resumedAfter: Int?
    var logSize: Int
    var seconds: Double
    var errors: [Count]
}

struct JobAnswer: Decodable, Sendable {
    var id: String
    var status: String
    var fileName: String?
    var fileSize: Int
    var mapping: String?
    var mappingVersion: Int
    var rows: Int
    var accepted: Int
    var rejected: Int
    var skipped: Int
    var attempts: Int
    var reason: String?
}

struct ErrorAnswer: Decodable, Sendable, Hashable {
    var row: Int
    var line: Int
    var column: String?
    var field: String?
    var rule: String
    var code: String
    var value: String?
    var message: String
}

struct VerifyAnswer: Decodable, Sendable {
    struct Projection: Decodable, Sendable {
        var name: String
        var rows: Int
        var equal: Bool
        var differences: [Difference]
    }
    struct Difference: Decodable, Sendable {
        var table: String
        var kind: String
        var key: Key
        var column: String?
        var expected: Value?
        var found: Value?
    }
    /// The primary key of a row.
    struct Key: Decodable, Sendable {
        var tenantId: String
        var id: String
    }
    /// The value of a column, or the columns of a row.
    enum Value: Decodable, Sendable, Equatable {
        case number(Int)
        case text(String)
        case row([String: Value?])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int.self) {
                self = .number(number)
            } else if let text = try? container.decode(String.self) {
                self = .text(text)
            } else {
                self = .row(try container.decode([String: Value?].self))
            }
        }
    }
    var equal: Bool
    var events: Int
    var projections: [Projection]
}

struct LogAnswer: Decodable, Sendable {
    var sound: Bool
    var events: Int
    var logSize: Int
    var problemCount: Int
}

struct TenantAnswer: Decodable, Sendable {
    var id: String
    var slug: String
    var events: Int
}

/// How many rows there are, and what came of them.
struct Totals: Equatable {
    var rows: Int
    var accepted: Int
    var rejected: Int
    var skipped = 0
}

extension RunAnswer {
    var totals: Totals { Totals(rows: rows, accepted: accepted, rejected: rejected, skipped: skipped) }
}

extension JobAnswer {
    var totals: Totals { Totals(rows: rows, accepted: accepted, rejected: rejected, skipped: skipped) }
}

struct UserAnswer: Decodable, Sendable, Equatable {
    var id: String
    var email: String?
    var name: String?
    var role: String
    var status: String
}

struct HistoryAnswer: Decodable, Sendable {
    var version: Int
    var who: String
    var action: String
}

struct EventAnswer: Decodable, Sendable {
    var position: Int
    var stream: String
    var type: String
}

struct ResultAnswer: Decodable, Sendable {
    var row: Int
    var status: String
    var errors: [ErrorAnswer]
}
