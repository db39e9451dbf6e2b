import Foundation
import Testing

extension CommandTests {
    @Suite("Files that are no plain UTF-8 table", .timeLimit(.minutes(20)))
    struct OddFileJobTests {
        @Test("a UTF-16 job that was interrupted goes on with the same rows, and rows are erased with their pieces")
        func wide() async throws {
            let home = try await Home.prepared()
            let csv = GeneratedFile(rows: 60_000, width: 0, seed: 1).csv
            try home.write("bare.csv", csv)
            let wide = ("\u{FEFF}" + csv).utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
            try home.write("rows.csv", wide)
            try home.write("rows.yaml", GeneratedFile.mapping)
            let program = try home.start(Home.job)
            try await home.hold(program, atChunk: 3)
            program.send(SIGINT)
            program.send(SIGCONT)
            #expect(try await program.end().code == 1)
            let run: RunAnswer = try await home.run("jobs", "resume", "last", "--json").json()
            #expect(run.status == "completed" && run.rows == 60_000, "\(run)")
            #expect(run.resumedAfter.map { $0 >= 3 * 4096 } == true && run.errors.allSatisfy { $0.rule != "csv" })
            #expect(try await home.storedFile(run.jobId) == wide)
            let bare: RunAnswer = try await home.run("run", "bare.csv", "--mapping", "rows.yaml", "--json").json()
            #expect(bare.totals == run.totals)
            let read = try await home.run("csv", "read", "rows.csv")
            #expect(read.output == (try await home.run("csv", "read", "bare.csv")).output && read.code == 0)

            // The first piece goes; then no row can be found any more, and the rest goes with the next; then nothing is left.
            var sizes: [Int] = []
            for row in ["1", "1", "40000", "60000"] {
                let erased = try await home.run(
                    "erase", "--job", run.jobId, "--row", row, "--basis", "gdpr-17", "--reason", "asked", "--yes")
                #expect(erased.code == 0, "\(erased)")
                let kept = try await home.sql(
                    """
                    SELECT coalesce(sum((payload->>'size')::bigint), 0) FROM audit_logs WHERE stream_id = '\(run.jobId)'
                      AND event_type = 'job.file_chunk_stored' AND attachment IS NOT NULL
                    """)
                sizes.append(Int(kept.first ?? "") ?? -1)
            }
            #expect(sizes == [wide.count - 1 << 20, wide.count - 1 << 20, 0, 0])
            let results = try await home.run("jobs", "results", run.jobId)
            #expect(results.output.split(separator: "\n").count { $0.hasSuffix("erased") } == 3)
            let log: LogAnswer = try await home.run("log", "verify", "--json").json()
            #expect(log.sound && log.problemCount == 0, "\(log)")
        }

        @Test(
            "rows that fit their columns in one way are repaired with a warning, by csv read as by a job that went on")
        func repaired() async throws {
            let home = try await Home.prepared()
            let name = String(repeating: "n", count: 50)
            var rows = (1...60_000).map { "\($0),\(name),\($0).5" }
            // Repaired; not, because no amount is empty; repaired and refused; taken, if the first is remembered.
            (rows[6], rows[8], rows[10]) = ("7,Lee, Ann,3.5", "9,Bo", "10,Lee, Ann,4.5")
            rows[59_999] = "7,\(name),8.5"
            let csv = "id,name,amount\n" + rows.joined(separator: "\n") + "\n"
            try home.write("rows.csv", csv)
            try home.write("rows.yaml", GeneratedFile.mapping.replacing("500\")", with: "none\")"))
            let program = try home.start(Home.job)
            try await home.hold(program, atChunk: 3)
            program.send(SIGINT)
            program.send(SIGCONT)
            #expect(try await program.end().code == 1)
            let run: RunAnswer = try await home.run("jobs", "resume", "last", "--json").json()
            #expect(run.accepted == 59_997 && run.rejected == 3, "\(run)")
            let counts = Dictionary(uniqueKeysWithValues: run.errors.map { ($0.code, $0.count) })
            #expect(counts == ["repaired_cells": 2, "wrong_cell_count": 1, "duplicate": 2], "\(run)")
            let results = try await home.run("jobs", "results", run.jobId).output
            #expect(
                results.contains(
                    #"7 accepted {"id":7,"name":"Lee, Ann","amount":3.5}; repaired: (column name): record 7, line 8, cell 2: has 4"#
                ))
            let errors = try await home.run("jobs", "errors", run.jobId).output
            #expect(
                errors.contains("row 11, line 12: (column name): record 11, line 12, cell 2: has 4 cells"), "\(errors)")
            #expect(errors.contains("row 60000, line 60001: "), "\(errors)")
            let corrections = try await home.run("jobs", "errors", run.jobId, "--to", "csv").output
            #expect(corrections.contains(",10,\"Lee, Ann\",4.5"), "\(corrections)")
            let pinned = try await home.sql(
                "SELECT payload->'source'->>'column_kinds' FROM audit_logs WHERE event_type = 'job.created'")
            #expect(pinned == [#"["integer","text","decimal"]"#], "\(pinned)")
            let read = try await home.run("csv", "read", "rows.csv")
            #expect(read.output.contains("7,\"Lee, Ann\",3.5\n") && read.code == 2, "\(read.errors)")
            #expect(read.errors.contains("record 7, line 8, cell 2: has 4 cells where 3 are expected, and was read"))
            let check = try await home.run("map", "check", "rows.yaml", "--file", "rows.csv").output
            #expect(check.contains("rows with too few or too many cells that were repaired: 2"), "\(check)")

            let erased = try await home.run(
                "erase", "--job", run.jobId, "--row", "7", "--basis", "gdpr-17", "--reason", "asked", "--yes")
            #expect(erased.code == 0, "\(erased)")
            let blanked = csv.replacing("7,Lee, Ann,3.5", with: String(repeating: "x", count: 14), maxReplacements: 1)
            #expect(try await home.storedFile(run.jobId) == Array(blanked.utf8))
        }
    }
}
