import Foundation
import Postgres

/// New results of rows that were rejected, from cells that somebody corrected: a result chunk like that of
/// ``JobRowsProcessed``, whose rows have numbers of their own and say which rows of the job they are.
///
/// A row's result is the last one that an event gives it.
package struct JobRowsFixed: Event {
    package struct Details: Codable, Sendable {
        /// Numbers of the chunk's first and last row, from 1: what their leaves hash. Not the job's numbers.
        package var firstRow: Int
        package var lastRow: Int
        /// For each row of the chunk its number in the job, ascending.
        package var of: [Int]
        package var rows: Int
        package var accepted: Int
        /// Rows that were rejected again.
        package var rejected: Int
        package var skipped: Int?
        package var errors: [JobRowsProcessed.Rejections]
        /// How often the results that these replace were refused for one reason.
        package var resolved: [JobRowsProcessed.Rejections]
        /// RFC 6962 root over the rows, hexadecimal.
        package var rowsRoot: String
        package var fields: [String]?

        /// - Parameters:
        ///   - numbers: the rows' numbers in the job.
        ///   - rows: their numbers in the chunk, as many.
        package init(
            of numbers: [Int], rows: ClosedRange<Int>, accepted: Int, skipped: Int,
            errors: [JobRowsProcessed.Rejections], resolved: [JobRowsProcessed.Rejections], rowsRoot: String,
            fields: [String]
        ) {
            firstRow = rows.lowerBound
            lastRow = rows.upperBound
            of = numbers
            self.rows = rows.count
            self.accepted = accepted
            rejected = rows.count - accepted - skipped
            self.skipped = skipped == 0 ? nil : skipped
            self.errors = errors
            self.resolved = resolved
            self.rowsRoot = rowsRoot
            self.fields = fields
        }

        package enum CodingKeys: String, CodingKey {
            case firstRow = "first_row"
            case lastRow = "last_row"
            case of
            case rows
            case accepted
            case rejected
            case skipped
            case errors
            case resolved
            case rowsRoot = "rows_root"
            case fields
        }
    }
    package static let type = "job.rows_fixed"
    package var payload: Joined<JobReference, Details>
    package var attachment: [UInt8]?
    package var salt: [UInt8]?

    package init(_ job: JobReference, _ details: Details, body: [UInt8], salt: [UInt8]) {
        payload = Joined(job, details)
        attachment = body
        self.salt = salt
    }
}

/// What both kinds of result chunks state of their rows.
package struct ResultChunkStatement: Decodable, Sendable {
    package var firstRow: Int
    package var lastRow: Int
    package var rowsRoot: String
    package var fields: [String]?
    /// Of rows that were fixed, their numbers in the job.
    package var of: [Int]?

    package enum CodingKeys: String, CodingKey {
        case firstRow = "first_row"
        case lastRow = "last_row"
        case rowsRoot = "rows_root"
        case fields
        case of
    }

    /// Where in the chunk the job's row stands; nil where it is not in it.
    package func index(of row: Int) -> Int? {
        if let of { return of.firstIndex(of: row) }
        return firstRow <= row && row <= lastRow ? row - firstRow : nil
    }

    /// Which of these rows of the job are in the chunk, by their places in it.
    package func rows(among wanted: Set<Int>) -> [(row: Int, index: Int)] {
        if let of { return of.enumerated().filter { wanted.contains($0.element) }.map { ($0.element, $0.offset) } }
        return wanted.filter { firstRow <= $0 && $0 <= lastRow }.sorted().map { ($0, $0 - firstRow) }
    }

    package var count: Int { lastRow - firstRow + 1 }

    /// Whether the numbers fit each other.
    fileprivate var isPossible: Bool {
        firstRow >= 0 && lastRow >= firstRow && lastRow < Int.max && (of.map { $0.count == count } ?? true)
    }
}

extension RecordedEvent {
    /// What a result chunk states of its rows.
    ///
    /// - Throws: `DecodingError` for the payload of another event, and for numbers that contradict each other.
    package func resultChunkStatement() throws -> ResultChunkStatement {
        let stated = try JSONDecoder().decode(ResultChunkStatement.self, from: Data(payload.bytes))
        guard stated.isPossible else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: [], debugDescription: "its rows' numbers contradict each other"))
        }
        return stated
    }
}
