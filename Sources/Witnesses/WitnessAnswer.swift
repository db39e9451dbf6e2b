import AuditLog

/// What a witness answered, as it came.
package struct WitnessAnswer: Sendable {
    package var status: Int
    package var contentType: String?
    package var body: [UInt8]

    package init(status: Int, contentType: String? = nil, body: [UInt8] = []) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// The size that a conflict states; nil unless it states one.
    var size: Int64? {
        let type = contentType?.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        guard type == "text/x.tlog.size", body.last == UInt8(ascii: "\n") else { return nil }
        let digits = String(decoding: body.dropLast(), as: UTF8.self)
        guard let size = Int64(digits), size >= 0, String(size) == digits else { return nil }
        return size
    }

    /// What it says for people: the first line, short, with nothing that a terminal would act on.
    var words: String {
        let line = body.prefix { $0 != UInt8(ascii: "\n") }.prefix(120).filter { (0x20..<0x7F).contains($0) }
        return line.isEmpty ? "" : " (“\(String(decoding: line, as: UTF8.self))”)"
    }
}
