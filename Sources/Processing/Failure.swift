/// A command that cannot be done: what, where, and what to do.
package struct Failure: Error, Sendable, CustomStringConvertible {
    package struct Code: Sendable, Hashable {
        package let name: String
        /// What was named is not there.
        package static let unknown = Code(name: "unknown")
        /// It is there already, or changed under the command.
        package static let conflict = Code(name: "conflict")
        /// The file cannot be used.
        package static let file = Code(name: "file")
        /// A limit of the settings stands against it.
        package static let limit = Code(name: "limit")
        /// The resource is in a state that does not allow it.
        package static let state = Code(name: "state")
        /// A value that cannot be.
        package static let value = Code(name: "value")
        /// The user's role does not allow it.
        package static let permission = Code(name: "permission")
    }

    package var code: Code
    package var description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
