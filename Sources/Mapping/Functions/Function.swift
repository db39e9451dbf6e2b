/// One function or operator of the expression language: everything that is known about it, in one value.
///
/// The type checker, the compiler, the description of rules and the generated reference all read it from here; adding a
/// function is adding one value to a list in `FunctionTable` and the code it names.
package struct Function: Sendable {
    /// Runs the function on its operands (the arguments that are not constants, in order, of the types that the
    /// parameters ask for) and returns a value of the result type, or `workspace.fail(…)`.
    ///
    /// Total and deterministic: any operands give a value, the same ones always the same. Texts it makes come from
    /// `workspace.allocate`.
    typealias Body = @Sendable (_ operands: UnsafeMutablePointer<Value>, _ workspace: Workspace) -> Value

    /// What a rule does to a value.
    package enum Kind: String, Sendable {
        case format, validation, transformation, lookup
    }

    package struct Parameter: Sendable {
        package enum Kind: Sendable {
            /// A value of the row, converted to the type.
            case value(ValueType)
            /// A value of the row that is a text or a number, as it is.
            case textOrNumber
            /// A value of the row that is a date or a datetime, as it is.
            case dateOrDatetime
            /// Values that are compared with each other: all become their common type.
            case comparable
            /// A text written in the mapping itself.
            case text
            /// A whole number written in the mapping itself.
            case integer
            /// A text, a number, true, false or null written in the mapping itself.
            case literal
            /// `"key" -> value`, both written in the mapping itself.
            case entry
        }

        package enum Presence: Sendable {
            case required, optional
            /// Any number of times, also none; the last parameter, or the last but optional ones of the same kind, which
            /// the function tells from it by itself.
            case repeated
            /// At least once; only the last parameter.
            case several
            /// Any number of times, never written: the parser makes these arguments of another one.
            case implied
        }

        package let name: String
        package let kind: Kind
        package let presence: Presence

        init(_ name: String, _ kind: Kind, _ presence: Presence = .required) {
            self.name = name
            self.kind = kind
            self.presence = presence
        }
    }

    package enum Result: Sendable {
        case type(ValueType)
        /// The type of the first operand.
        case firstOperand
        /// The type that all operands have in common.
        case commonType
        /// The type that the values of the entries have in common.
        case entryValues
        /// The type of the column of a lookup table.
        case tableColumn
        /// A datetime where the call has a constant text (a zone), else a date.
        case dateOrDatetime
        /// Whole numbers give a whole number, others a decimal.
        case arithmetic
    }

    package enum Blanks: Sendable {
        /// A blank operand makes the result blank, and the body does not run.
        case propagate
        /// The body sees blanks.
        case receive
    }

    /// An expression and the text of what it gives; the tests run every one.
    package struct Example: Sendable {
        package let expression: String
        /// The cells of the columns `a`, `b` and `c`, as far as the expression reads them.
        let cells: [String]
        package let result: String?

        init(_ expression: String, with cells: [String] = [], gives result: String?) {
            self.expression = expression
            self.cells = cells
            self.result = result
        }

        /// The columns that the expression reads, with their cells.
        package var columns: [(name: String, cell: String)] {
            zip(["a", "b", "c"], cells).map { (name: $0, cell: $1) }
        }
    }

    package let name: String
    package let kind: Kind
    package let parameters: [Parameter]
    package let result: Result
    package let blanks: Blanks
    /// The parameter that takes the piped value.
    package let pipedParameter: Int
    /// One line for the reference.
    package let summary: String
    package let example: Example
    /// The ways in which it can fail on a row.
    package let failures: [Failure]
    private(set) var body: @Sendable (Arguments) throws(ArgumentError) -> Body
    /// Of a function that reads dates: the formats of a call, if some of them read the same text as different days.
    private(set) var dateChoice: (@Sendable (Arguments) throws(ArgumentError) -> DateChoice?)?

    /// A function whose body does not depend on constant arguments.
    init(
        _ name: String, _ kind: Kind, _ parameters: [Parameter], result: Result, blanks: Blanks = .propagate,
        pipedParameter: Int = 0, summary: String, example: Example, failures: [Failure] = [], run: @escaping Body
    ) {
        self.name = name
        self.kind = kind
        self.parameters = parameters
        self.result = result
        self.blanks = blanks
        self.pipedParameter = pipedParameter
        self.summary = summary
        self.example = example
        self.failures = failures
        body = { (_) throws(ArgumentError) in run }
    }

    /// A function whose body is made for the constant arguments of each call.
    static func specialized(
        _ name: String, _ kind: Kind, _ parameters: [Parameter], result: Result, blanks: Blanks = .propagate,
        pipedParameter: Int = 0, summary: String, example: Example, failures: [Failure] = [],
        body: @escaping @Sendable (Arguments) throws(ArgumentError) -> Body
    ) -> Function {
        var function = Function(
            name, kind, parameters, result: result, blanks: blanks, pipedParameter: pipedParameter, summary: summary,
            example: example, failures: failures, run: { _, _ in .null })
        function.body = body
        return function
    }

    /// The same function, whose formats may have to be decided over a whole column.
    func decided(by choice: @escaping @Sendable (Arguments) throws(ArgumentError) -> DateChoice?) -> Function {
        var function = self
        function.dateChoice = choice
        return function
    }
}

/// The arguments of a call that are written in the mapping itself, for building the function's body.
struct Arguments: Sendable {
    struct Text: Sendable {
        let string: String
        /// Which argument of the call it is, from 0.
        let argument: Int

        var bytes: [UInt8] { Array(string.utf8) }
    }

    struct Integer: Sendable {
        let value: Int
        /// Which argument of the call it is, from 0.
        let argument: Int
    }

    var texts: [Text] = []
    var integers: [Integer] = []
    var entries: [(key: Constant, value: Constant)] = []
    var operandTypes: [ValueType] = []
    /// What a call of `lookup` reads; `nil` where tables are not known.
    var lookup: LookupColumn?
    var operandCount: Int { operandTypes.count }

    /// The whole number at `index`, which must lie in the range.
    func integer(_ index: Int, in range: ClosedRange<Int>) throws(ArgumentError) -> Int {
        let integer = integers[index]
        guard range.contains(integer.value) else {
            throw ArgumentError(
                integer.argument, "\(integer.value) is not possible here",
                range.upperBound == Int.max
                    ? "write \(range.lowerBound) or more"
                    : "write a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return integer.value
    }
}

/// A constant argument that the function cannot work with.
struct ArgumentError: Error {
    /// Which argument of the call, from 0.
    let argument: Int
    /// Where in the text, in Unicode scalars, if the mistake is at one place.
    let offset: Int?
    let message: String
    let advice: String

    init(_ argument: Int, offset: Int? = nil, _ message: String, _ advice: String) {
        self.argument = argument
        self.offset = offset
        self.message = message
        self.advice = advice
    }
}

extension Function {
    /// How the function is called, for messages and the reference: `parse_date(value, format…)`.
    package var signature: String {
        let list = parameters.filter { $0.presence != .implied }.map { parameter in
            switch parameter.presence {
            case .required, .implied: parameter.name
            case .optional: "[\(parameter.name)]"
            case .repeated: "[\(parameter.name)…]"
            case .several: "\(parameter.name)…"
            }
        }
        return "\(name)(\(list.joined(separator: ", ")))"
    }
}
