/// Why a sample is no CSV that can be read.
package struct DetectionError: Error, Sendable, Hashable, CustomStringConvertible {
    package struct Code: RawRepresentable, Sendable, Hashable {
        package let rawValue: String

        package init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The file has no records: no bytes, or line breaks only. Give a file that has some.
        package static let emptyFile = Code(rawValue: "empty_file")
        /// The file is not text. Export it as CSV first.
        package static let binaryFile = Code(rawValue: "binary_file")
        /// The file is text in an encoding that cannot be read, such as UTF-32. Save it as UTF-8.
        package static let unsupportedEncoding = Code(rawValue: "unsupported_encoding")
        /// The properties that were given contradict each other.
        package static let contradiction = Code(rawValue: "contradiction")
    }

    package let code: Code
    /// One sentence: what was found, and what to do.
    package let message: String

    package var description: String { message }
}
