/// All functions and operators of the expression language.
package enum FunctionTable {
    /// Functions that a mapping calls by name, in the order of the reference.
    package static let functions: [Function] =
        Function.text + Function.replacement + Function.number + Function.date + Function.dateTime + Function.logic

    /// What operators stand for; `??`, `if`, `and` and `or` are compiled so that what is not needed is not run.
    package static let operators: [Function] = Function.operators

    private static let byName = Dictionary(
        (functions + operators).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    package static func function(named name: String) -> Function? { byName[name] }
}
