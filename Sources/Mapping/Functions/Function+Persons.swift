extension Function {
    private static let value = Parameter("value", .value(.text))

    /// Functions on what people are called and called at.
    static let persons: [Function] = [
        .specialized(
            "phone_e164", .validation, [value, Parameter("region", .text)], result: .type(.text),
            summary:
                "Reads a telephone number of a region (two letters), or of any with + and a calling code, and writes it by "
                + "E.164; what is not clear fails",
            example: Example("\"(030) 1234567\" | phone_e164(\"DE\")", gives: "+49301234567"),
            failures: [.notAPhone, .phoneExtension]
        ) { (arguments) throws(ArgumentError) in
            let region = arguments.texts[0]
            guard let plan = PhonePlan.plan(of: region.string) else {
                throw ArgumentError(
                    region.argument, "'\(region.string)' is no region with telephone numbers",
                    "write the two letters of ISO 3166-1, such as phone_e164(\"DE\")")
            }
            let number = PhoneNumber(plan)
            return { operands, workspace in
                guard case .text(let bytes) = operands[0] else { return .null }
                return number.read(bytes, workspace)
            }
        },
        .specialized(
            "name_split", .transformation,
            [value, Parameter("part", .text), Parameter("family_words", .integer, .optional)], result: .type(.text),
            summary:
                "Gives the title, given, family or suffix part of a person's name; a name that is not clear is all family",
            example: Example("\"Dr. Ludwig van Beethoven\" | name_split(\"family\")", gives: "van Beethoven")
        ) { (arguments) throws(ArgumentError) in
            let part = arguments.texts[0]
            guard let known = PersonName.Part(rawValue: part.string) else {
                throw ArgumentError(
                    part.argument, "'\(part.string)' is no part of a name",
                    Suggestion.advice(for: part.string, among: PersonName.Part.allCases.map(\.rawValue)) { "\"\($0)\"" }
                )
            }
            let words = arguments.integers.isEmpty ? nil : try arguments.integer(0, in: 1...3)
            let name = PersonName(known, familyWords: words)
            return { operands, workspace in
                guard case .text(let bytes) = operands[0] else { return .null }
                return name.read(bytes, workspace)
            }
        },
    ]
}
