import Postgres

/// Foreign keys between projections: made in a moment, without a look at the rows, and checked while appends go on.
enum ForeignKeys {
    /// A key that is to be there.
    struct Wanted {
        /// The table that has it, with its schema.
        var table: String
        var target: String
        /// Makes it where it is not there.
        var statement: String
    }

    static func wanted(by definitions: [Definition]) -> [Wanted] {
        definitions.flatMap { definition in
            definition.references.map { reference in
                var one = definition
                one.references = [reference]
                return Wanted(
                    table: "public.\(reference.table)", target: "public.\(reference.target)",
                    statement: one.foreignKeys.replacing(
                        " DEFERRABLE INITIALLY IMMEDIATE;", with: " DEFERRABLE INITIALLY IMMEDIATE NOT VALID;"))
            }
        }
    }

    /// Checks the keys that were made without a look at the rows.
    static func validate(_ owner: Database) async throws {
        let keys = try await owner.transaction(.owner) { session in
            try session.query(
                """
                SELECT format('ALTER TABLE %s VALIDATE CONSTRAINT %I', conrelid::regclass, conname) FROM pg_constraint
                WHERE contype = 'f' AND NOT convalidated AND connamespace = 'public'::regnamespace ORDER BY conname
                """
            ) { try $0.decode(0, as: String.self) }
        }
        for key in keys {
            do {
                try await owner.transaction(.owner) { try $0.script(key) }
            } catch let error as PostgresError where error.isConstraintViolation {
                throw BuildError(
                    .uncorrectable,
                    "rows refer to others that are not there (\(error)): atlas2 projections rebuild, of all projections"
                )
            }
        }
    }
}
