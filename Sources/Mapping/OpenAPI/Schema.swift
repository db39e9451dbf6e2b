/// What a schema asks of a value, with all that it refers to and is made of put together.
struct Schema {
    struct Property {
        let name: String
        let term: SchemaTerm
        let location: Location
    }

    /// A text with the place where it stands.
    struct PlacedText {
        let text: String
        let location: Location
    }

    /// Its first place in the document.
    let location: Location
    /// The reference at which reading stopped because it was on its way there already.
    var circularReference: PlacedText?
    /// Names of JSON types but `null`; `nil` for any.
    var types: Set<String>?
    /// Whether null is a value too; `nil` where nothing says so.
    var isNullable: Bool?
    var isReadOnly = false
    /// Whether another kind of value may stand here than the one that is described.
    var hasOtherKinds = false
    var formats: [PlacedText] = []
    var minimum: ExactDecimal?
    var maximum: ExactDecimal?
    var exclusiveMinimum: ExactDecimal?
    var exclusiveMaximum: ExactDecimal?
    var multiples: [ExactDecimal] = []
    var minimumLength: Int?
    var maximumLength: Int?
    var patterns: [PlacedText] = []
    /// The only values; without null.
    var values: [DocumentNode]?
    /// Whether `values` is the one of a `const`.
    var isConstant = false
    /// In the order of the document.
    var properties: [Property] = []
    /// Names of properties, as bytes.
    var required: Set<[UInt8]> = []
    var listItem: SchemaTerm?
    var minimumItems = 0
    var summary: String?

    init(at location: Location) {
        self.location = location
    }

    enum Kind {
        case object, list, value
    }

    var kind: Kind {
        if !properties.isEmpty { return .object }
        if let types {
            if types == ["object"] { return .object }
            if types == ["array"] { return .list }
            return types.isSubset(of: ["object", "array"]) && !types.isEmpty ? .object : .value
        }
        return listItem == nil ? .value : .list
    }

    /// Whether it says nothing but that a value may be null.
    var isNull: Bool { types?.isEmpty == true && isNullable == true }
}

/// A schema as it is to be read: one node, or several of which all must hold, or one.
indirect enum SchemaTerm {
    /// With the references that lead to it, as bytes.
    case node(DocumentNode, trail: [[UInt8]])
    case all([SchemaTerm])
    case any([SchemaTerm])
}
