import Testing

/// A command that must be refused: how, and in which words.
struct Refusal: Sendable, CustomTestStringConvertible {
    var arguments: [String]
    var environment: [String: String] = [:]
    var code: Int32 = 1
    /// What its message must hold: what is wrong, where, what to do.
    var words: [String]

    /// - Parameter command: the arguments, with blanks between.
    init(_ command: String, _ words: String..., environment: [String: String] = [:], code: Int32 = 1) {
        arguments = command.split(separator: " ").map(String.init)
        self.environment = environment
        self.code = code
        self.words = words
    }

    var testDescription: String {
        (environment.map { "\($0)=\($1)" } + arguments).joined(separator: " ")
    }

    /// Runs the command, which must be refused in these words and leave the log as it is.
    func check(in home: Home, logSize: Int) async throws {
        let ended = try await home.start(arguments, environment: environment).end()
        #expect(ended.code == code, "\(ended)")
        #expect(ended.errors.hasPrefix(code == 64 ? "Error: " : "atlas2: "), "\(ended)")
        for word in words { #expect(ended.errors.contains(word), "\(ended)") }
        #expect(!ended.errors.contains("Error Domain") && !ended.errors.contains("NSCocoa"), "\(ended)")
        #expect(try await home.logSize() == logSize, "nothing may be appended")
    }
}
