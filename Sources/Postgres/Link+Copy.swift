import CPostgres

extension Link {
    /// Starts a COPY statement, which must answer with `expected`, and leaves it under way.
    func startCopy(_ statement: String, expecting expected: ExecStatusType) throws {
        try checkReady(statement)
        guard PQsendQuery(pointer, statement) == 1 else { throw clientFailure() }
        guard let first = PQgetResult(pointer) else { throw connectionFailure() }
        let result = QueryResult(first)
        guard result.status == expected else {
            if result.isError { throw failure(result) }
            drain(consume result)
            throw PostgresError(.usage, "the statement is no COPY of the expected direction")
        }
        isStreaming = true
    }

    func putCopyData(_ bytes: UnsafeRawBufferPointer) throws {
        if cancellation?.isRequested ?? false { throw PostgresError(.cancelled, "the task was cancelled during COPY") }
        guard !bytes.isEmpty else { return }
        let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        guard PQputCopyData(pointer, start, Int32(bytes.count)) == 1 else { throw connectionFailure() }
    }

    /// Ends a COPY to the server: all of it took effect, or with a reason, none of it.
    func endCopyIn(because reason: String?) throws -> QueryResult {
        isStreaming = false
        guard PQputCopyEnd(pointer, reason) == 1 else { throw connectionFailure() }
        return try receive()
    }

    /// Lends what a COPY from the server sends, row by row.
    func forEachCopyChunk(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        defer { isStreaming = false }
        while true {
            var buffer: UnsafeMutablePointer<CChar>?
            let count = PQgetCopyData(pointer, &buffer, 0)
            guard count >= 0 else { break }
            defer { PQfreemem(buffer) }
            do {
                try body(UnsafeRawBufferPointer(start: buffer, count: Int(count)))
            } catch {
                abort()
                throw error
            }
        }
        _ = try receive()
    }
}
