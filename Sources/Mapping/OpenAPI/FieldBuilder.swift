/// Flattens the schema of a request's body to fields with dotted names.
struct FieldBuilder {
    static let mostFields = 1_000
    /// Levels of objects and lists.
    static let deepestNesting = 8
    private static let longestName = 200

    /// An optional object that the fields are in, and those that it requires where it is given.
    private struct Group {
        let path: String
        let location: Location
        var required: [String] = []
    }

    private(set) var reader: SchemaReader
    private(set) var fields: [Field] = []
    private var groups: [Group] = []
    private var readOnly: [(name: String, location: Location)] = []
    private var tooDeep: [(name: String, location: Location)] = []
    private let deepest: Int

    init(_ reader: SchemaReader, deepest: Int) {
        self.reader = reader
        self.deepest = deepest
    }

    /// Whether there was more than can be taken; the fields are then not all.
    var isTooLarge: Bool { fields.count > Self.mostFields || reader.isExhausted }

    mutating func note(_ code: Diagnostic.Code, _ location: Location, _ message: String, _ advice: String) {
        reader.note(code, location, message, advice)
    }

    /// The fields of a body; of a list those of its items.
    mutating func addBody(_ term: SchemaTerm) {
        var body = reader.read(term)
        if body.kind == .list, let item = body.listItem {
            note(.simplified, body.location, "the body is a list", "each row is one item of it")
            body = reader.read(item)
        }
        if let cut = body.circularReference {
            note(.circularReference, cut.location, "\(cut.text) is nothing but itself", "correct the description")
        }
        addProperties(of: body, below: "", depth: 1, isRequired: !body.hasOtherKinds, group: nil)
        noteLeftOut(readOnly, "read-only: the API sets it", "read-only: the API sets them", "nothing has to be done")
        noteLeftOut(
            tooDeep, "nested deeper than \(deepest) levels", "nested deeper than \(deepest) levels",
            "the mapping cannot set it")
        for group in groups where !group.required.isEmpty {
            let names = group.required.map { "'\($0)'" }.joined(separator: ", ")
            let list = group.required.joined(separator: ", ")
            note(
                .simplified, group.location, "'\(group.path)' is optional; where it is given, it needs \(names)",
                group.required.count > 1
                    ? "add to 'checks': - all_or_none: [\(list)]"
                    : "add to 'checks': - required: [\(list)] with 'if'")
        }
    }

    private mutating func addProperties(
        of schema: Schema, below path: String, depth: Int, isRequired: Bool, group: Int?
    ) {
        for property in schema.properties {
            guard !isTooLarge else { return }
            let name = property.name
            guard Self.isName(name) else {
                note(
                    .leftOut, property.location, "'\(name.prefix(80))' is left out: it cannot be the name of a target",
                    "targets have no dots and brackets in a name, and at most \(Self.longestName) bytes")
                continue
            }
            let isOwnRequired = schema.required.contains(Array(name.utf8))
            add(
                property, path: path.isEmpty ? name : "\(path).\(name)", depth: depth,
                isRequired: isRequired && isOwnRequired, isOwnRequired: isOwnRequired, group: group)
        }
    }

    private mutating func add(
        _ property: Schema.Property, path: String, depth: Int, isRequired: Bool, isOwnRequired: Bool, group: Int?
    ) {
        let schema = reader.read(property.term)
        if isTooLarge { return }
        if let cut = schema.circularReference {
            note(
                .circularReference, cut.location, "'\(path)' leads back to \(cut.text) and is left out",
                "the mapping cannot set it")
            return
        }
        if schema.isReadOnly {
            readOnly.append((path, property.location))
            return
        }
        switch schema.kind {
        case .object:
            if schema.properties.isEmpty {
                note(
                    .leftOut, property.location, "'\(path)' is an object of any keys and is left out",
                    "map the keys that you need, as in \(path).key")
                return
            }
            guard depth < deepest else { return tooDeep.append((path, property.location)) }
            let isGiven = isOwnRequired && schema.isNullable != true && !schema.hasOtherKinds
            var group = group
            if !isGiven {
                groups.append(Group(path: path, location: property.location))
                group = groups.count - 1
            }
            if schema.hasOtherKinds { noteKinds(path, property.location, "its fields are taken") }
            addProperties(
                of: schema, below: path, depth: depth + 1, isRequired: isRequired && isGiven, group: group)
        case .list:
            guard let item = schema.listItem else {
                note(
                    .leftOut, property.location, "'\(path)' is a list of anything and is left out",
                    "map the items that you need, as in \(path)[0]")
                return
            }
            guard depth < deepest else { return tooDeep.append((path, property.location)) }
            note(
                .simplified, property.location, "'\(path)' is a list, of which the first item alone can be mapped",
                "its target is \(path)[0]")
            let isGiven = isOwnRequired && schema.minimumItems > 0 && schema.isNullable != true
            let first = Schema.Property(name: "", term: item, location: property.location)
            add(
                first, path: "\(path)[0]", depth: depth + 1, isRequired: isRequired && isGiven, isOwnRequired: isGiven,
                group: group)
        case .value:
            if schema.hasOtherKinds { noteKinds(path, property.location, "one value is taken") }
            addValue(schema, path, property.location, isRequired, isOwnRequired, group)
        }
    }

    private mutating func addValue(
        _ schema: Schema, _ path: String, _ location: Location, _ isRequired: Bool, _ isOwnRequired: Bool,
        _ group: Int?
    ) {
        guard var field = field(path, of: schema, at: location) else { return }
        if isOwnRequired, schema.isNullable == true {
            note(
                .simplified, location,
                "'\(path)' is required, but may be null: it is optional, and a blank becomes null",
                "map it in any case")
        } else if isRequired {
            field.isRequired = true
        } else if isOwnRequired, let group {
            groups[group].required.append(path)
        }
        fields.append(field)
    }

    private mutating func noteKinds(_ path: String, _ location: Location, _ taken: String) {
        note(.simplified, location, "'\(path)' may be of several kinds; \(taken)", "map it so, or leave it out")
    }

    private mutating func noteLeftOut(
        _ names: [(name: String, location: Location)], _ one: String, _ several: String, _ advice: String
    ) {
        guard let first = names.first else { return }
        let shown = names.prefix(10).map { "'\($0.name)'" }.joined(separator: ", ")
        note(
            .leftOut, first.location,
            shown + (names.count > 10 ? " and \(names.count - 10) more" : "")
                + (names.count == 1 ? " is left out, since it is \(one)" : " are left out, since they are \(several)"),
            advice)
    }

    private static func isName(_ name: String) -> Bool {
        name.utf8.count <= longestName && TargetPath.isValid(name)
            && !name.utf8.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "]") }
    }
}
