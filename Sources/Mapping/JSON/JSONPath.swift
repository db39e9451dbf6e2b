/// A singular query (RFC 9535, section 2.3.5.1): the way from a JSON value to one part of it, by names and indexes.
///
/// Read are `$`, `.name`, `['name']`, `["name"]`, `[0]` and `[-1]`; wildcards, slices, filters and `..`, which give
/// several parts, are refused.
struct JSONPath: Sendable {
    private enum Step: Sendable {
        /// The name in canonical JSON, with its quotes.
        case name([UInt8])
        case index(Int)
    }

    /// What is wrong with a path, and where in it, in Unicode scalars.
    struct SyntaxError: Error {
        let offset: Int
        let message: String
    }

    private let steps: [Step]
    var isWhole: Bool { steps.isEmpty }

    /// The part of an object or array in canonical form, or `nil` where there is none. Takes time linear in the text for
    /// each step.
    func part(of canonical: Bytes) -> Bytes? {
        var part = canonical
        for step in steps {
            let found =
                switch step {
                case .name(let name): Self.member(name, of: part)
                case .index(let index): Self.element(index, of: part)
                }
            guard let found else { return nil }
            part = found
        }
        return part
    }

    private static func member(_ name: [UInt8], of object: Bytes) -> Bytes? {
        guard object[0] == UInt8(ascii: "{"), object[1] != UInt8(ascii: "}") else { return nil }
        var index = 1
        while true {
            let colon = end(of: object, from: index)
            let end = end(of: object, from: colon + 1)
            if colon - index == name.count, object[index..<colon].elementsEqual(name) {
                return Bytes(rebasing: object[(colon + 1)..<end])
            }
            guard object[end] == UInt8(ascii: ",") else { return nil }
            index = end + 1
        }
    }

    private static func element(_ number: Int, of array: Bytes) -> Bytes? {
        guard array[0] == UInt8(ascii: "["), array[1] != UInt8(ascii: "]") else { return nil }
        var wanted = number
        if number < 0 {
            wanted += count(of: array)
            if wanted < 0 { return nil }
        }
        var index = 1
        while true {
            let end = end(of: array, from: index)
            if wanted == 0 { return Bytes(rebasing: array[index..<end]) }
            guard array[end] == UInt8(ascii: ",") else { return nil }
            wanted -= 1
            index = end + 1
        }
    }

    /// The number of elements of an array that has some.
    private static func count(of array: Bytes) -> Int {
        var count = 1
        var index = 1
        while true {
            let end = end(of: array, from: index)
            guard array[end] == UInt8(ascii: ",") else { return count }
            count += 1
            index = end + 1
        }
    }

    /// Where the value that begins at `start` ends, in canonical JSON.
    private static func end(of text: Bytes, from start: Int) -> Int {
        var index = start
        var depth = 0
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "\""):
                index += 1
                while text[index] != UInt8(ascii: "\"") { index += text[index] == UInt8(ascii: "\\") ? 2 : 1 }
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return index }
                depth -= 1
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                if depth == 0 { return index }
            default: break
            }
            index += 1
        }
        return index
    }
}

// MARK: - Reading a path

extension JSONPath {
    init(_ text: String) throws(SyntaxError) {
        let scalars = Array(text.unicodeScalars)
        guard scalars.first == "$" else {
            throw SyntaxError(offset: 0, message: "a path begins with $, the whole value")
        }
        var steps: [Step] = []
        var index = 1
        while index < scalars.count {
            let start = index
            index += 1
            switch scalars[start] {
            case ".":
                var name = String.UnicodeScalarView()
                while index < scalars.count, Self.isNameScalar(scalars[index], isFirst: name.isEmpty) {
                    name.append(scalars[index])
                    index += 1
                }
                if name.isEmpty {
                    throw SyntaxError(offset: index, message: "behind a point stands a name, of letters, digits and _")
                }
                steps.append(Self.step(String(name)))
            case "[":
                steps.append(try Self.bracket(scalars, &index))
                guard index < scalars.count, scalars[index] == "]" else {
                    throw SyntaxError(offset: index, message: "one name or index stands between brackets, and then ']'")
                }
                index += 1
            default:
                throw SyntaxError(offset: start, message: "'\(scalars[start])' stands where '.' or '[' is expected")
            }
        }
        if steps.count > JSONText.maxDepth {
            throw SyntaxError(offset: 0, message: "a path has at most \(JSONText.maxDepth) steps")
        }
        self.steps = steps
    }

    private static func step(_ name: String) -> Step {
        var key: [UInt8] = []
        JSONWriter.append(name, to: &key)
        return .name(key)
    }

    private static func isNameScalar(_ scalar: Unicode.Scalar, isFirst: Bool) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "_": true
        case "0"..."9": !isFirst
        default: scalar.value >= 0x80
        }
    }

    /// Reads what stands between brackets; `index` is behind the opening one, and then at the closing one.
    private static func bracket(_ scalars: [Unicode.Scalar], _ index: inout Int) throws(SyntaxError) -> Step {
        let start = index
        guard index < scalars.count else {
            throw SyntaxError(offset: index, message: "'[' is not closed")
        }
        if scalars[index] == "'" || scalars[index] == "\"" { return step(try quoted(scalars, &index)) }
        if scalars[index] == "-" { index += 1 }
        let digits = index
        while index < scalars.count, "0"..."9" ~= scalars[index] { index += 1 }
        let text = String(String.UnicodeScalarView(scalars[start..<index]))
        let isPlain = digits < index && (scalars[digits] != "0" || text == "0")
        // The whole numbers of I-JSON.
        guard isPlain, let number = Int(text), number.magnitude < 1 << 53 else {
            throw SyntaxError(offset: start, message: "an index or a name between quotes stands behind '['")
        }
        return .index(number)
    }

    private static func quoted(_ scalars: [Unicode.Scalar], _ index: inout Int) throws(SyntaxError) -> String {
        let start = index
        let quote = scalars[index]
        index += 1
        var name = String.UnicodeScalarView()
        while index < scalars.count, scalars[index] != quote {
            var scalar = scalars[index]
            index += 1
            if scalar == "\\" {
                guard index < scalars.count else { break }
                switch scalars[index] {
                case quote, "\\", "/": scalar = scalars[index]
                case "n": scalar = "\n"
                case "r": scalar = "\r"
                case "t": scalar = "\t"
                default:
                    throw SyntaxError(
                        offset: index - 1, message: "only quotes, /, \\, n, r and t stand behind a backslash")
                }
                index += 1
            }
            name.append(scalar)
        }
        guard index < scalars.count else { throw SyntaxError(offset: start, message: "the name is not closed") }
        index += 1
        return String(name)
    }
}
