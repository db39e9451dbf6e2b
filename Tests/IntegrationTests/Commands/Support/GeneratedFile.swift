import Glibc
import TestSupport

/// A file that is made up from a seed, and the mapping for it.
///
/// Some of its ids come twice, so that what is known of rows that have a result counts for those behind them; some of its
/// amounts are no numbers, and one row in a thousand is left out.
struct GeneratedFile {
    let csv: String

    /// - Parameter width: bytes by which each row is made longer.
    init(rows: Int, width: Int, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var csv = "id,name,amount\n"
        csv.reserveCapacity(rows * (64 + width))
        let padding = String(repeating: ".", count: width)
        for row in 1...rows {
            let id = random.chance(2) ? Int.random(in: 1...row, using: &random) : row
            let amount = random.chance(1) ? "n/a" : "\(Int.random(in: 0..<100_000, using: &random)).50"
            csv += "\(id),\"name of the row, and more of it, number \(row)\(padding)\",\(amount)\n"
        }
        self.csv = csv
    }

    static let mapping = """
        name: generated
        api:
          name: generated-api
          type: rest_api
          base_url: https://example.com/v1
          auth_type: none
          fields:
            - {name: id, type: integer, required: true}
            - {name: name, type: string, max_length: 2000}
            - {name: amount, type: number, required: true}
        mappings:
          id: $id | drop_row_if(($id | right(3)) == "500") | to_integer
          name: $name | trim
          amount: $amount | to_decimal
        checks:
          - unique: [id]

        """
}

extension Home {
    /// A prepared home with `rows.csv` and `rows.yaml` in it.
    static func withGeneratedFile(rows: Int = 60_000, width: Int = 0, seed: UInt64) async throws -> Home {
        let home = try await prepared()
        try home.write("rows.csv", GeneratedFile(rows: rows, width: width, seed: seed).csv)
        try home.write("rows.yaml", GeneratedFile.mapping)
        return home
    }

    /// How the main job of these homes is started.
    static let job = ["run", "rows.csv", "--mapping", "rows.yaml", "--json"]

    /// Waits until as many chunks of results are in the log, and holds the program whose job makes them there.
    ///
    /// `SIGCONT` lets it go on. It is not held sooner: while it enters, it has locks that other commands wait for.
    func hold(_ program: ChildProgram, atChunk count: Int) async throws {
        while program.isRunning {
            let chunks = try await sql("SELECT count(*) FROM audit_logs WHERE event_type = 'job.rows_processed'")
            if let found = chunks.first.flatMap({ Int($0) }), found >= count { return program.send(SIGSTOP) }
        }
        throw ChildProgram.Failure(description: "the job ended before chunk \(count): \(try await program.end())")
    }
}
