/// How a row's values become one JSON object: `address.city` is nested, `phones[0]` is an item of a list.
///
/// Made once for a list of fields; a row is then a few copies of bytes.
package struct OutputTemplate: Sendable {
    enum Piece: Sendable {
        case text([UInt8])
        case value(Int)
    }

    private indirect enum Node {
        case value(Int)
        case object([(key: String, node: Node)])
        case list([(key: String, node: Node)])
    }

    private(set) var pieces: [Piece] = []

    /// - Parameter fields: target fields in the order of the values.
    package init(fields: [String]) {
        var root = Node.object([])
        for (index, field) in fields.enumerated() {
            root = Self.insert(.value(index), at: Self.path(field)[...], into: root)
        }
        var text: [UInt8] = []
        render(root, &text)
        pieces.append(.text(text))
    }

    /// Appends the object that holds `values`, each a JSON value, by their fields.
    package func append(_ values: [ArraySlice<UInt8>], to output: inout [UInt8]) {
        for piece in pieces {
            switch piece {
            case .text(let text): output += text
            case .value(let index): output += index < values.count ? values[index] : ArraySlice("null".utf8)
            }
        }
    }

    /// The steps to a field: `phones[0].number` is phones, [0], number.
    private static func path(_ field: String) -> [String] {
        field.split(separator: ".").flatMap { step -> [String] in
            guard let bracket = step.firstIndex(of: "[") else { return [String(step)] }
            let items = step[bracket...].split(separator: "[").map { "[" + $0 }
            return [String(step[..<bracket])] + items
        }
    }

    private static func insert(_ node: Node, at path: ArraySlice<String>, into parent: Node?) -> Node {
        guard let key = path.first else { return node }
        let isItem = key.hasPrefix("[")
        var members: [(key: String, node: Node)] =
            switch parent {
            case .object(let members)? where !isItem: members
            case .list(let members)? where isItem: members
            default: []
            }
        if let place = members.firstIndex(where: { $0.key.isSpelled(key) }) {
            members[place].node = insert(node, at: path.dropFirst(), into: members[place].node)
        } else {
            members.append((key, insert(node, at: path.dropFirst(), into: nil)))
        }
        return isItem ? .list(members) : .object(members)
    }

    /// The number of an item: 12 of `[12]`.
    private static func number(_ item: String) -> Int {
        Int(item.dropFirst().dropLast()) ?? .max
    }

    private mutating func render(_ node: Node, _ text: inout [UInt8]) {
        switch node {
        case .value(let index):
            pieces.append(.text(text))
            pieces.append(.value(index))
            text = []
        case .object(let members):
            text.append(UInt8(ascii: "{"))
            for (place, member) in members.enumerated() {
                if place > 0 { text.append(UInt8(ascii: ",")) }
                JSONWriter.append(member.key, to: &text)
                text.append(UInt8(ascii: ":"))
                render(member.node, &text)
            }
            text.append(UInt8(ascii: "}"))
        case .list(let members):
            text.append(UInt8(ascii: "["))
            let items = members.sorted { Self.number($0.key) < Self.number($1.key) }
            for (place, member) in items.enumerated() {
                if place > 0 { text.append(UInt8(ascii: ",")) }
                render(member.node, &text)
            }
            text.append(UInt8(ascii: "]"))
        }
    }
}
