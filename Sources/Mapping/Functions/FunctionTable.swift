/// All functions and operators of the expression language.
package enum FunctionTable {
    /// Functions that do the same kind of thing: one table of the reference.
    package struct Group: Sendable {
        package let title: String
        package let functions: [Function]
    }

    /// The functions that a mapping calls by name, in the order of the reference.
    package static let groups = [
        Group(title: "Spaces and signs that nobody sees", functions: Function.spaces),
        Group(title: "Letters", functions: Function.letters),
        Group(title: "Parts of a text", functions: Function.parts),
        Group(title: "Longer texts", functions: Function.composition),
        Group(title: "Replacing", functions: Function.replacement),
        Group(title: "Reading numbers", functions: Function.number),
        Group(title: "Calculating and writing numbers", functions: Function.arithmetic),
        Group(title: "Dates", functions: Function.date),
        Group(title: "Dates and times", functions: Function.dateTime),
        Group(title: "Conditions and blanks", functions: Function.logic),
        Group(title: "Addresses and codes", functions: Function.contact),
        Group(title: "JSON", functions: Function.json),
        Group(title: "Telephone numbers and names", functions: Function.persons),
        Group(title: "Keys and constants", functions: Function.identity + Function.hashes),
        Group(title: "Lookups", functions: Function.lookups),
    ]

    package static let functions = groups.flatMap(\.functions)

    /// What operators stand for; `??`, `if`, `and` and `or` are compiled so that what is not needed is not run.
    package static let operators: [Function] = Function.operators

    private static let byName = Dictionary(
        (functions + operators).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    package static func function(named name: String) -> Function? { byName[name] }

    /// "did you mean …?" for the name of a function that there is not.
    package static func advice(for name: String) -> String {
        Suggestion.advice(for: name, among: functions.map(\.name))
    }
}
