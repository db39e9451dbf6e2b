package import FoundationEssentials

extension SealRefusal {
    /// The last refusal of a log, as its sealer's folder keeps it until sealing succeeds.
    package struct Record: Sendable, Codable {
        /// Seconds since 1970.
        private var at: Int64
        private var code: String
        private var position: Int64?
        private var description: String

        package var refusal: SealRefusal { SealRefusal(Code(rawValue: code), at: position, description) }
        package var moment: Date { Date(timeIntervalSince1970: Double(at)) }
        /// Whether it is younger than ten minutes.
        var isRecent: Bool { (0..<600).contains(Int64(Date().timeIntervalSince1970) - at) }

        init(_ refusal: SealRefusal) {
            at = Int64(Date().timeIntervalSince1970)
            code = refusal.code.rawValue
            position = refusal.position
            description = refusal.description
        }

        /// Reads the record of a folder; nil where the last sealing succeeded.
        package init?(_ folder: SealerFolder) {
            guard let text = try? folder.read(.refusal),
                let record = try? JSONDecoder().decode(Record.self, from: Data(text.utf8))
            else { return nil }
            self = record
        }

        /// Leaves the record; where that cannot be done, the refusal itself says what is wrong.
        func write(to folder: SealerFolder) {
            guard let data = try? JSONEncoder().encode(self) else { return }
            try? folder.write(String(decoding: data, as: UTF8.self) + "\n", to: .refusal, isDurable: false)
        }
    }
}
