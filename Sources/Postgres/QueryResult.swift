import CPostgres

/// A result of libpq, cleared when it goes out of scope.
struct QueryResult: ~Copyable {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        PQclear(pointer)
    }

    var status: ExecStatusType { PQresultStatus(pointer) }

    var rowCount: Int { Int(PQntuples(pointer)) }

    var columnNames: [String] {
        (0..<PQnfields(pointer)).map { PQfname(pointer, $0).map { String(cString: $0) } ?? "" }
    }

    /// Rows inserted, updated, deleted, selected or copied, as the command's tag says.
    var affectedRows: Int {
        PQcmdTuples(pointer).flatMap { Int(String(cString: $0)) } ?? 0
    }

    /// The command's tag: `COMMIT`, `INSERT 0 3`.
    var tag: String {
        PQcmdStatus(pointer).map { String(cString: $0) } ?? ""
    }

    var isError: Bool { status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE }

    func withRow<T>(_ index: Int, _ body: (borrowing Row) throws -> T) rethrows -> T {
        try body(Row(result: pointer, index: Int32(index)))
    }

    /// What the server said went wrong.
    var error: PostgresError {
        func field(_ code: Int) -> String? {
            PQresultErrorField(pointer, Int32(code)).map { String(cString: $0) }
        }
        let message = field(CPOSTGRES_DIAG_MESSAGE) ?? String(cString: PQresultErrorMessage(pointer)).trimmedLineEnd
        var error = PostgresError(.server, message, sqlstate: field(CPOSTGRES_DIAG_SQLSTATE))
        error.detail = field(CPOSTGRES_DIAG_DETAIL)
        error.hint = field(CPOSTGRES_DIAG_HINT)
        error.schema = field(CPOSTGRES_DIAG_SCHEMA)
        error.table = field(CPOSTGRES_DIAG_TABLE)
        error.column = field(CPOSTGRES_DIAG_COLUMN)
        error.constraint = field(CPOSTGRES_DIAG_CONSTRAINT)
        error.position = field(CPOSTGRES_DIAG_POSITION).flatMap { Int($0) }
        error.context = field(CPOSTGRES_DIAG_CONTEXT)
        return error
    }
}

extension String {
    /// Without the line break that libpq ends its messages with.
    var trimmedLineEnd: String {
        var text = self
        while text.last?.isNewline ?? false { text.removeLast() }
        return text
    }
}
