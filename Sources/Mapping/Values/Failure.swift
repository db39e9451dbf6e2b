/// Why a step could not give a value: a code for programs and a sentence for people.
///
/// The sentence says what to do and holds nothing of the row; the value stands beside it in the rejection.
package struct Failure: Sendable, Equatable {
    package let code: String
    package let message: String

    init(_ code: String, _ message: String) {
        self.code = code
        self.message = message
    }

    static let none = Failure("", "")
}
