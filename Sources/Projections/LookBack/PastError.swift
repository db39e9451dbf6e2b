/// A look back that cannot be taken: what is wrong, and what to do.
package struct PastError: Error, CustomStringConvertible {
    package var description: String

    package init(_ description: String) {
        self.description = description
    }
}
