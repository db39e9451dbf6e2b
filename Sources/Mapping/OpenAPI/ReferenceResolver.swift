/// Finds what a `$ref` names inside its own document.
struct ReferenceResolver {
    let root: DocumentNode
    /// By reference, as bytes.
    private var found: [[UInt8]: DocumentNode] = [:]

    init(_ root: DocumentNode) {
        self.root = root
    }

    /// - Throws: why the reference cannot be followed, and what to do, placed at `location`.
    mutating func node(at reference: String, from location: Location) throws(MappingError) -> DocumentNode {
        let key = Array(reference.utf8)
        if let node = found[key] { return node }
        func failure(_ message: String, _ advice: String) -> MappingError {
            MappingError([Diagnostic(.reference, at: location, message, advice)])
        }
        guard reference == "#" || reference.hasPrefix("#/") else {
            if reference.hasPrefix("#") {
                throw failure(
                    "'\(reference.prefix(80))' names an anchor, which is not supported",
                    "write the path to it, as in #/components/schemas/Customer")
            }
            throw failure(
                "'\(reference.prefix(80))' is outside of the file, and nothing else is opened or fetched",
                "bundle the description into one file first, as tools for OpenAPI do")
        }
        var node = root
        for step in reference.dropFirst().split(separator: "/") {
            let name = Self.unescaped(String(step))
            if let next = node[name] {
                node = next
            } else if let index = Int(name), node.items.indices.contains(index) {
                node = node.items[index]
            } else {
                throw failure(
                    "'\(reference.prefix(80))' names nothing in the file: there is no '\(name.prefix(80))'",
                    Suggestion.advice(for: name, among: node.members.map(\.name)) { "'\($0)'" })
            }
        }
        found[key] = node
        return node
    }

    /// What a node stands for that may be a reference to another: not for schemas, which may refer to themselves.
    mutating func followed(_ node: DocumentNode) throws(MappingError) -> DocumentNode {
        var node = node
        for _ in 0..<20 {
            guard let reference = node["$ref"], let text = reference.text else { return node }
            node = try self.node(at: text, from: reference.location)
        }
        throw MappingError([
            Diagnostic(
                .reference, at: node.location, "this is a reference to a reference to a reference …",
                "let it name what is meant")
        ])
    }

    /// A step of a JSON pointer (RFC 6901) in a URI fragment: `~1` is `/`, `~0` is `~`, `%20` a space.
    private static func unescaped(_ step: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(step.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self).replacing("~1", with: "/").replacing("~0", with: "~")
    }
}
