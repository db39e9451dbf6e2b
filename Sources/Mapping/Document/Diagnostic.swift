/// Something wrong in a mapping document: what, where, and what to do.
package struct Diagnostic: Sendable, Equatable {
    /// What kind of mistake, for programs; the names are stable.
    package enum Code: String, Sendable {
        case syntax, missingKey = "missing_key", unknownKey = "unknown_key", wrongValue = "wrong_value"
        case unknownColumn = "unknown_column", ambiguousColumn = "ambiguous_column"
        case unknownFunction = "unknown_function", wrongArguments = "wrong_arguments"
        case unknownTable = "unknown_table"
        case unknownField = "unknown_field", unmappedField = "unmapped_field", conflictingTarget = "conflicting_target"
        case typeMismatch = "type_mismatch", pattern
        /// Of API descriptions: what a `$ref` names, and what of them is not kept as it is.
        case reference, circularReference = "circular_reference", leftOut = "left_out", simplified
    }

    package let code: Code
    package let location: Location
    package let message: String
    /// What to do about it.
    package let advice: String

    package init(_ code: Code, at location: Location, _ message: String, _ advice: String) {
        self.code = code
        self.location = location
        self.message = message
        self.advice = advice
    }
}

/// A place in a mapping document; line and column count from 1, columns in Unicode scalars.
package struct Location: Sendable, Equatable {
    package let file: String
    package let line: Int
    package let column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }
}

extension Location: CustomStringConvertible {
    package var description: String { "\(file):\(line):\(column)" }
}

extension Diagnostic: CustomStringConvertible {
    package var description: String {
        advice.isEmpty ? "\(location): \(message)" : "\(location): \(message); \(advice)"
    }
}

/// All that is wrong in a mapping document, in the order of the document.
package struct MappingError: Error, CustomStringConvertible {
    package let diagnostics: [Diagnostic]

    package init(_ diagnostics: [Diagnostic]) {
        self.diagnostics = diagnostics.enumerated().sorted { left, right in
            let (a, b) = (left.element.location, right.element.location)
            return (a.line, a.column, left.offset) < (b.line, b.column, right.offset)
        }.map(\.element)
    }

    package var description: String {
        diagnostics.map(\.description).joined(separator: "\n")
    }
}
