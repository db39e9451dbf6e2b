import CSV
import Mapping

/// A rejected row as a result chunk holds it.
///
/// `{"line":L,"cells":[…],"errors":[{"field":…,"column":…,"rule":…,"code":…,"value":…,"message":…}]}`: cells and values as they
/// stood in the file; field, column and value are null where nothing is blamed.
enum RejectedRow {
    static func append(_ record: borrowing Record, _ rejections: [Rejection], to body: inout [UInt8]) {
        body += #"{"line":"#.utf8
        body += String(record.line).utf8
        body += #","cells":"#.utf8
        appendCells(record, to: &body)
        body += #","errors":"#.utf8
        append(rejections, to: &body)
        body.append(UInt8(ascii: "}"))
    }

    /// Appends the cells as an array.
    static func appendCells(_ record: borrowing Record, to body: inout [UInt8]) {
        body.append(UInt8(ascii: "["))
        record.bytes.withUnsafeBufferPointer { bytes in
            for cell in 0..<record.count {
                if cell > 0 { body.append(UInt8(ascii: ",")) }
                JSONWriter.append(UnsafeBufferPointer(rebasing: bytes[record.range(cell)]), to: &body)
            }
        }
        body.append(UInt8(ascii: "]"))
    }

    /// Turns the array of an accepted row's values, which begins at `start`, into an object that says what was refused.
    static func appendWarnings(_ rejections: [Rejection], line: Int, to body: inout [UInt8], from start: Int) {
        body.insert(contentsOf: #"{"values":"#.utf8, at: start)
        body += #","warnings":{"line":"#.utf8
        body += String(line).utf8
        body += #","errors":"#.utf8
        append(rejections, to: &body)
        body += "}}".utf8
    }

    /// A row that the mapping leaves out: where it stood and the target field, or nil, whose expression says so. Nothing of what
    /// it held is kept.
    static func appendSkipped(line: Int, field: String?, to body: inout [UInt8]) {
        body += #"{"skipped":{"line":"#.utf8
        body += String(line).utf8
        body += #","field":"#.utf8
        append(field, to: &body)
        body += #","rule":"drop_row_if"}}"#.utf8
    }

    private static func append(_ rejections: [Rejection], to body: inout [UInt8]) {
        body.append(UInt8(ascii: "["))
        for (index, rejection) in rejections.enumerated() {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            append(rejection, to: &body)
        }
        body.append(UInt8(ascii: "]"))
    }

    private static func append(_ rejection: Rejection, to body: inout [UInt8]) {
        body += #"{"field":"#.utf8
        append(rejection.field, to: &body)
        body += #","column":"#.utf8
        append(rejection.column, to: &body)
        body += #","rule":"#.utf8
        JSONWriter.append(rejection.rule, to: &body)
        body += #","code":"#.utf8
        JSONWriter.append(rejection.code, to: &body)
        body += #","value":"#.utf8
        if let value = rejection.value { JSONWriter.append(value, to: &body) } else { body += "null".utf8 }
        body += #","message":"#.utf8
        JSONWriter.append(rejection.message, to: &body)
        body.append(UInt8(ascii: "}"))
    }

    private static func append(_ text: String?, to body: inout [UInt8]) {
        if let text { JSONWriter.append(text, to: &body) } else { body += "null".utf8 }
    }
}
