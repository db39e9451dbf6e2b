import Processing
import Testing

extension Home {
    /// The projections equal the log, the log is sound, and every row of the jobs has exactly one result.
    func expectSoundness(of runs: [RunAnswer], _ place: SourceLocation = #_sourceLocation) async throws {
        let projections: VerifyAnswer = try await run("projections", "verify", "--json").json()
        #expect(projections.equal, "\(projections)", sourceLocation: place)
        let log: LogAnswer = try await run("log", "verify", "--json").json()
        #expect(log.sound, "\(log)", sourceLocation: place)
        #expect(log.problemCount == 0 && log.events == log.logSize, sourceLocation: place)
        for run in runs {
            let results = try await self.run("jobs", "results", run.jobId, "--json")
            #expect(Self.totals(of: results.output, place) == run.totals, sourceLocation: place)
            let job: JobAnswer = try await self.run("jobs", "show", run.jobId, "--json").json()
            #expect(job.status == "completed", sourceLocation: place)
            #expect(job.totals == run.totals, sourceLocation: place)
        }
    }

    /// Counts rows by their status; the rows must be numbered from 1 without a gap.
    private static func totals(of results: String, _ place: SourceLocation) -> Totals {
        var totals = Totals(rows: 0, accepted: 0, rejected: 0)
        for line in results.utf8.split(separator: UInt8(ascii: "\n")) {
            totals.rows += 1
            if line.starts(with: #"{"row":\#(totals.rows),"status":"accepted","#.utf8) {
                totals.accepted += 1
            } else if line.starts(with: #"{"row":\#(totals.rows),"status":"rejected","#.utf8) {
                totals.rejected += 1
            } else if line.starts(with: #"{"row":\#(totals.rows),"status":"skipped","#.utf8) {
                totals.skipped += 1
            } else {
                Issue.record("row \(totals.rows) is \(String(line) ?? "")", sourceLocation: place)
                break
            }
        }
        return totals
    }

    /// A job's file, put together from the pieces in the log.
    func storedFile(_ job: String) async throws -> [UInt8] {
        let pieces = try await sql(
            """
            SELECT encode(attachment, 'hex') FROM audit_logs
            WHERE stream_id = '\(job)' AND event_type = 'job.file_chunk_stored' ORDER BY (payload->>'index')::integer
            """)
        var opener = try PieceOpener()
        var file: [UInt8] = []
        for piece in pieces {
            file += try opener.content(of: try #require([UInt8](hexadecimal: Substring(piece))))
        }
        return file
    }
}

extension [UInt8] {
    /// Nil for what is no hexadecimal text.
    init?(hexadecimal text: Substring) {
        let digits = text.utf8.map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
            default: 0xFF
            }
        }
        guard digits.count.isMultiple(of: 2), !digits.contains(0xFF) else { return nil }
        self = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
