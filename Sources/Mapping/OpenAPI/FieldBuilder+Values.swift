extension FieldBuilder {
    private static let longestSummary = 200

    /// The field of a value that is no object and no list; `nil` where it cannot be mapped, which is noted.
    mutating func field(_ name: String, of schema: Schema, at location: Location) -> Field? {
        guard let type = type(of: schema, name, location) else { return nil }
        var field = Field(name, type)
        field.summary = Self.summary(schema.summary)
        if type.valueType == .text {
            field.minimumLength = schema.minimumLength
            field.maximumLength = schema.maximumLength
            addPattern(of: schema, to: &field)
        }
        if type.isNumeric { addLimits(of: schema, to: &field) }
        addValues(of: schema, to: &field)
        if let reason = Field.contradiction(in: [field]) {
            note(
                .wrongValue, location, "no value of '\(name)' can pass: \(reason)",
                "correct the description before it is mapped")
        }
        return field
    }

    private mutating func type(of schema: Schema, _ name: String, _ location: Location) -> FieldType? {
        let format = schema.formats.first?.text ?? ""
        if schema.types == ["file"] || schema.types == ["string"] && format == "binary" {
            note(.leftOut, location, "'\(name)' is a file and is left out", "the mapping cannot set it")
            return nil
        }
        var types = (schema.types ?? []).intersection(["string", "number", "integer", "boolean"])
        if types.isSuperset(of: ["integer", "number"]) { types.remove("integer") }
        guard !types.isEmpty else {
            if schema.types == nil {
                let type = schema.impliedType
                if type == nil {
                    note(.simplified, location, "'\(name)' takes any value; text is taken", "nothing has to be done")
                }
                return type ?? .string
            }
            note(
                .leftOut, location, "'\(name)' takes no text, number or boolean and is left out",
                "correct its type in the description")
            return nil
        }
        if types.count > 1 {
            let taken = ["string", "number", "integer", "boolean"].first(where: types.contains) ?? "string"
            note(
                .simplified, location,
                "'\(name)' takes \(types.sorted().joined(separator: " or ")); \(taken) is taken",
                "nothing has to be done")
            types = [taken]
        }
        switch types.first {
        case "integer": return .integer
        case "number": return ["int32", "int64"].contains(format) ? .integer : .number
        case "boolean": return .boolean
        default: return Self.textTypes[format] ?? .string
        }
    }

    /// The types of texts by the formats of JSON Schema and the registry of OpenAPI.
    private static let textTypes: [String: FieldType] = [
        "date": .date, "date-time": .datetime, "email": .email, "idn-email": .email, "uri": .url, "url": .url,
        "uuid": .uuid, "phone": .phone,
    ]
    /// Formats that ask nothing of the text, or nothing that a field is to be checked for.
    private static let silentFormats: Set<String> = ["password", "byte", "char", "string", "float", "double", ""]

    private mutating func addPattern(of schema: Schema, to field: inout Field) {
        for (index, pattern) in schema.patterns.enumerated() {
            guard index == 0 else {
                if pattern.text != schema.patterns[0].text {
                    noteUnchecked(pattern, "a second pattern of '\(field.name)'")
                }
                continue
            }
            do throws(PatternError) {
                guard !pattern.text.utf8.contains(0) else { throw PatternError(offset: 0, message: "it holds NUL") }
                field.pattern = try Pattern(pattern.text)
            } catch {
                note(
                    .pattern, pattern.location,
                    "the pattern \(pattern.text.prefix(80)) of '\(field.name)' is left out: \(error.message)",
                    "write one without it in 'checks', if rows can break it")
            }
        }
        guard field.type == .string, let format = schema.formats.first else { return }
        if ["ipv4", "ipv6", "iban"].contains(format.text) {
            field.format = FormatTable.format(named: format.text)
        } else if !Self.silentFormats.contains(format.text) {
            noteUnchecked(format, "the format '\(format.text.prefix(40))' of '\(field.name)'")
        }
    }

    private mutating func noteUnchecked(_ text: Schema.PlacedText, _ what: String) {
        note(.leftOut, text.location, "\(what) is not checked", "write a check, if rows can break it")
    }

    private mutating func addLimits(of schema: Schema, to field: inout Field) {
        var (minimum, maximum) = (schema.minimum, schema.maximum)
        if field.type == .integer, let bounds = Self.bounds(of: schema.formats.first?.text) {
            minimum = Schema.larger(minimum, ExactDecimal(bounds.lowerBound))
            maximum = Schema.smaller(maximum, ExactDecimal(bounds.upperBound))
        }
        if let minimum { field.minimum = .number(minimum) }
        if let maximum { field.maximum = .number(maximum) }
        if let limit = schema.exclusiveMinimum { field.exclusiveMinimum = .number(limit) }
        if let limit = schema.exclusiveMaximum { field.exclusiveMaximum = .number(limit) }
        field.multipleOf = schema.multiples.first
        if let first = schema.multiples.first, schema.multiples.contains(where: { $0 != first }) {
            note(
                .leftOut, schema.location, "'\(field.name)' has several multiples, of which \(first) is checked",
                "write a check, if rows can break the others")
        }
    }

    private static func bounds(of format: String?) -> ClosedRange<Int128>? {
        switch format {
        case "int8": -128...127
        case "int16": -32_768...32_767
        case "int32": Int128(Int32.min)...Int128(Int32.max)
        case "int64": Int128(Int64.min)...Int128(Int64.max)
        default: nil
        }
    }

    private mutating func addValues(of schema: Schema, to field: inout Field) {
        guard let values = schema.values else { return }
        var constants: [Constant] = []
        for value in values {
            var reader = DocumentReader()
            let constant: Constant? =
                if field.type.isNumeric, let number = value.number {
                    .number(number)
                } else {
                    reader.constant(value, "a value", field.type)
                }
            if let constant, field.takes(constant) {
                constants.append(constant)
            } else {
                note(
                    .leftOut, value.location,
                    "the allowed value \(value.label) of '\(field.name)' is left out: it is no \(field.type.rawValue)",
                    "correct the description, if it should be one")
            }
        }
        if constants.isEmpty, !values.isEmpty { return }
        if schema.isConstant, constants.count == 1 {
            field.constant = constants[0]
        } else {
            field.allowedValues = constants
        }
    }

    /// The first paragraph, in one line.
    private static func summary(_ text: String?) -> String? {
        guard let text else { return nil }
        let spaces = text.prefix(4 * longestSummary).split(separator: "\n\n").first ?? ""
        let words = spaces.unicodeScalars.split { $0.value <= 0x20 || (0x7F...0xA0).contains($0.value) }
        let line = words.map { String(String.UnicodeScalarView($0)) }.joined(separator: " ")
        if line.isEmpty { return nil }
        return line.unicodeScalars.count > longestSummary
            ? String(line.unicodeScalars.prefix(longestSummary - 1)) + "…" : line
    }
}

extension Schema {
    /// The type that its allowed values or limits tell where it states none.
    fileprivate var impliedType: FieldType? {
        if let values, !values.isEmpty {
            let plain = values.allSatisfy { if case .scalar(_, isPlain: true) = $0.content { true } else { false } }
            if plain, values.allSatisfy({ $0.number != nil }) { return .number }
            if plain, values.allSatisfy({ $0.text == "true" || $0.text == "false" }) { return .boolean }
            return .string
        }
        let limits = [minimum, maximum, exclusiveMinimum, exclusiveMaximum, multiples.first]
        if limits.contains(where: { $0 != nil }) { return .number }
        return minimumLength != nil || maximumLength != nil || !patterns.isEmpty || !formats.isEmpty ? .string : nil
    }
}

extension Field {
    /// Whether a value of its type can be kept as one that is allowed.
    fileprivate func takes(_ constant: Constant) -> Bool {
        switch constant {
        case .number(let number): type != .integer || number.integer != nil
        case .text(let bytes): !bytes.contains(0)
        default: true
        }
    }
}
