package import FoundationEssentials
import Postgres

/// Whose job it is and which mapping it uses: every event that is counted says so.
package struct JobReference: Codable, Sendable, Hashable {
    package var ownerID: String
    package var mappingID: String

    package init(owner: UUID, mapping: UUID) {
        ownerID = owner.text
        mappingID = mapping.text
    }

    package enum CodingKeys: String, CodingKey {
        case ownerID = "owner_id"
        case mappingID = "mapping_id"
    }
}

/// Two payload types written as one JSON object.
package struct Joined<First: Codable & Sendable, Second: Codable & Sendable>: Codable, Sendable {
    package var first: First
    package var second: Second

    package init(_ first: First, _ second: Second) {
        self.first = first
        self.second = second
    }

    package init(from decoder: any Decoder) throws {
        first = try First(from: decoder)
        second = try Second(from: decoder)
    }

    package func encode(to encoder: any Encoder) throws {
        try first.encode(to: encoder)
        try second.encode(to: encoder)
    }
}

/// A job was made for a file; it pins the mapping's version, how the file is read, and its lookup tables.
package struct JobCreated: Event {
    package struct Details: Codable, Sendable {
        package var mappingVersion: Int
        /// Bytes.
        package var fileSize: Int64
        package var source: JobSource
        /// The lookup tables that its rows are looked up in; nil for none.
        package var lookups: [JobLookup]?

        package enum CodingKeys: String, CodingKey {
            case mappingVersion = "mapping_version"
            case fileSize = "file_size"
            case source
            case lookups
        }
    }
    package struct Personal: Codable, Sendable {
        package var fileName: String
        /// Where it was read from, absolute; a job that was killed while it stored the file goes on from there.
        package var filePath: String
        /// Hexadecimal.
        package var fileSHA256: String
        /// The columns' names: content of the file, and of its first record if that was taken for a header by mistake.
        package var columns: [String]

        package enum CodingKeys: String, CodingKey {
            case fileName = "file_name"
            case filePath = "file_path"
            case fileSHA256 = "file_sha256"
            case columns
        }

        package init(fileName: String, filePath: String, fileSHA256: String, columns: [String]) {
            self.fileName = fileName
            self.filePath = filePath
            self.fileSHA256 = fileSHA256
            self.columns = columns
        }
    }
    package static let type = "job.created"
    package var payload: Joined<JobReference, Details>
    package var personal: Personal?

    package init(
        _ job: JobReference, mappingVersion: Int, fileSize: Int64, source: JobSource, lookups: [JobLookup] = [],
        file: Personal
    ) {
        payload = Joined(
            job,
            Details(
                mappingVersion: mappingVersion, fileSize: fileSize, source: source,
                lookups: lookups.isEmpty ? nil : lookups))
        personal = file
    }
}

/// A piece of the job's file is in the log: at most 1 MiB of it, as one LZ4 frame, or as ``FileLines`` once some of its
/// lines were blanked.
package struct JobFileChunkStored: Event {
    package struct Payload: Codable, Sendable {
        /// From 0.
        package var index: Int
        /// Offset of its first byte in the file.
        package var offset: Int64
        /// Bytes of the file that it holds.
        package var size: Int
        /// Bytes of the attachment when it was appended.
        package var compressedSize: Int
        /// How many lines the piece has, and the RFC 6962 root over them, hexadecimal; not in version 1.
        package var lines: Int?
        package var linesRoot: String?

        package enum CodingKeys: String, CodingKey {
            case index
            case offset
            case size
            case compressedSize = "compressed_size"
            case lines
            case linesRoot = "lines_root"
        }
    }
    package static let type = "job.file_chunk_stored"
    package static let schemaVersion: Int32 = 2
    package var payload: Payload
    package var attachment: [UInt8]?
    package var salt: [UInt8]?

    package init(
        index: Int, offset: Int64, size: Int, lines: Int, linesRoot: String, compressed: [UInt8], salt: [UInt8]
    ) {
        payload = Payload(
            index: index, offset: offset, size: size, compressedSize: compressed.count, lines: lines,
            linesRoot: linesRoot)
        attachment = compressed
        self.salt = salt
    }
}

/// Its file is being stored, and its rows processed.
package struct JobStarted: Event {
    package typealias Payload = Nothing
    package static let type = "job.started"
    package init() {}
}

/// How a job's file is read.
package struct JobSource: Codable, Sendable, Hashable {
    package var encoding: String
    /// One character, or two.
    package var delimiter: String
    /// One character; nil where nothing is quoted.
    package var quote: String?
    package var escape: String
    package var header: Bool
    /// Physical lines above the table, which are not read; nil for none.
    package var preambleLines: Int?
    /// Records that name the columns together, where there are several.
    package var headerRows: Int?
    /// The physical lines below the table, which are not read, and the offset of the first of them; nil for none.
    package var footerLines: Int?
    package var endOffset: Int?
    /// What each column holds, as `date`, or `date?` where cells may be empty, by which rows with too few or too many cells
    /// are repaired; nil where none is.
    package var columnKinds: [String]?
    /// In which formats dates are read that are different days in several; nil where there are none.
    package var dates: [JobDates]?
    /// The largest cell and record that are read, in bytes, and the most cells of a record; nil for 1,048,576, 16,777,216 and
    /// 10,000.
    package var maxCellBytes: Int?
    package var maxRecordBytes: Int?
    package var maxColumns: Int?
    /// How sure detection was of each property that was not given, 0…100.
    package var confidence: [String: Int]

    package init(
        encoding: String, delimiter: String, quote: String?, escape: String, header: Bool, confidence: [String: Int]
    ) {
        self.encoding = encoding
        self.delimiter = delimiter
        self.quote = quote
        self.escape = escape
        self.header = header
        self.confidence = confidence
    }

    package enum CodingKeys: String, CodingKey {
        case encoding
        case delimiter
        case quote
        case escape
        case header
        case preambleLines = "preamble_lines"
        case headerRows = "header_rows"
        case footerLines = "footer_lines"
        case endOffset = "end_offset"
        case columnKinds = "column_kinds"
        case dates
        case maxCellBytes = "max_cell_bytes"
        case maxRecordBytes = "max_record_bytes"
        case maxColumns = "max_columns"
        case confidence
    }
}

/// A lookup table as a job pins it: the accepted rows of another job.
package struct JobLookup: Codable, Sendable, Hashable {
    /// The name of that job's mapping.
    package var table: String
    package var jobID: String
    /// How many rows it had.
    package var rows: Int

    package init(table: String, job: UUID, rows: Int) {
        self.table = table
        jobID = job.text
        self.rows = rows
    }

    package enum CodingKeys: String, CodingKey {
        case table
        case jobID = "job_id"
        case rows
    }
}

/// The outcome of up to 4,096 rows: a result chunk. The attachment holds the rows, the payload what they add up to.
package struct JobRowsProcessed: Event {
    /// How often rows were rejected for one reason.
    package struct Rejections: Codable, Sendable {
        package var field: String?
        package var rule: String
        package var code: String
        package var count: Int

        package init(field: String?, rule: String, code: String, count: Int) {
            self.field = field
            self.rule = rule
            self.code = code
            self.count = count
        }
    }
    package struct Details: Codable, Sendable {
        /// Numbers of the first and last row, from 1.
        package var firstRow: Int
        package var lastRow: Int
        package var rows: Int
        package var accepted: Int
        package var rejected: Int
        /// Rows that the mapping leaves out; nil for none. `rows` = `accepted` + `rejected` + this.
        package var skipped: Int?
        package var errors: [Rejections]
        /// RFC 6962 root over the rows, hexadecimal.
        package var rowsRoot: String
        /// The target fields, in the order of an accepted row's values; not in version 1.
        package var fields: [String]?

        package enum CodingKeys: String, CodingKey {
            case firstRow = "first_row"
            case lastRow = "last_row"
            case rows
            case accepted
            case rejected
            case skipped
            case errors
            case rowsRoot = "rows_root"
            case fields
        }
    }
    package static let type = "job.rows_processed"
    package static let schemaVersion: Int32 = 2
    package var payload: Joined<JobReference, Details>
    package var attachment: [UInt8]?
    package var salt: [UInt8]?

    package init(
        _ job: JobReference, rows: ClosedRange<Int>, accepted: Int, skipped: Int = 0, errors: [Rejections],
        rowsRoot: String, fields: [String], body: [UInt8], salt: [UInt8]
    ) {
        payload = Joined(
            job,
            Details(
                firstRow: rows.lowerBound, lastRow: rows.upperBound, rows: rows.count, accepted: accepted,
                rejected: rows.count - accepted - skipped, skipped: skipped == 0 ? nil : skipped, errors: errors,
                rowsRoot: rowsRoot, fields: fields))
        attachment = body
        self.salt = salt
    }
}

/// Why a job stopped: a code, and words for people, which may quote what is somebody's.
package struct JobReason: Codable, Sendable {
    package var reason: String
}

package struct JobMessage: Codable, Sendable {
    package var message: String
}

/// A job stops before its next chunk and can be resumed.
package struct JobPaused: Event {
    package static let type = "job.paused"
    package var payload: JobReason
    package var personal: JobMessage?

    package init(reason: String, message: String?) {
        payload = JobReason(reason: reason)
        personal = message.map(JobMessage.init)
    }
}

/// A job goes on from its last chunk.
package struct JobResumed: Event {
    package typealias Payload = Nothing
    package static let type = "job.resumed"
    package init() {}
}

/// A job was ended by a user; what it did stays.
package struct JobCancelled: Event {
    package static let type = "job.cancelled"
    package var payload: Joined<JobReference, JobReason>

    package init(_ job: JobReference, reason: String) {
        payload = Joined(job, JobReason(reason: reason))
    }
}

/// A job ended because it cannot go on; what it did stays.
package struct JobFailed: Event {
    package static let type = "job.failed"
    package var payload: Joined<JobReference, JobReason>
    package var personal: JobMessage?

    package init(_ job: JobReference, reason: String, message: String) {
        payload = Joined(job, JobReason(reason: reason))
        personal = JobMessage(message: message)
    }
}

/// Every row of the job's file has its result.
package struct JobCompleted: Event {
    package struct Totals: Codable, Sendable {
        package var rows: Int
        package var accepted: Int
        package var rejected: Int
        /// Rows that the mapping leaves out; nil for none. `rows` = `accepted` + `rejected` + this.
        package var skipped: Int?
        /// Blank lines, which are no rows.
        package var blank: Int

        package init(rows: Int, rejected: Int, skipped: Int = 0, blank: Int) {
            self.rows = rows
            accepted = rows - rejected - skipped
            self.rejected = rejected
            self.skipped = skipped == 0 ? nil : skipped
            self.blank = blank
        }
    }
    package static let type = "job.completed"
    package var payload: Joined<JobReference, Totals>

    package init(_ job: JobReference, _ totals: Totals) {
        payload = Joined(job, totals)
    }
}
