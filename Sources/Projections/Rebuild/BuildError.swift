/// A build or a change of live tables that could not be finished: why, and what to do.
package struct BuildError: Error, CustomStringConvertible {
    /// The kind of failure; new kinds may be added.
    package struct Code: Hashable, Sendable {
        private let name: String

        /// Another builds the same projection. Wait, or end it.
        package static let busy = Code(name: "busy")
        /// The build was ended from outside. What was built is kept, unless it was dropped.
        package static let ended = Code(name: "ended")
        /// An event could not be folded. What was built before it is kept: mend its cause and rebuild again.
        package static let event = Code(name: "event")
        /// A lock could not be had for too long. What was built is kept.
        package static let locked = Code(name: "locked")
        /// Something depends on the tables that would be lost. Nothing was changed.
        package static let dependent = Code(name: "dependent")
        /// What was asked for cannot be done with this projection.
        package static let unsuitable = Code(name: "unsuitable")
        /// Rows could not be corrected. What was corrected before stays.
        package static let uncorrectable = Code(name: "uncorrectable")
    }

    package var code: Code
    package var description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
