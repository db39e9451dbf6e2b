/// Which specification an API description follows.
enum SpecificationVersion {
    case swagger2
    case openAPI30
    /// 3.1 and 3.2, whose schemas are those of JSON Schema 2020-12.
    case openAPI31

    init?(_ root: DocumentNode) {
        if root["swagger"]?.text?.hasPrefix("2.") == true {
            self = .swagger2
        } else if let version = root["openapi"]?.text, version == "3.0" || version.hasPrefix("3.0.") {
            self = .openAPI30
        } else if let version = root["openapi"]?.text, version.hasPrefix("3.1") || version.hasPrefix("3.2") {
            self = .openAPI31
        } else {
            return nil
        }
    }

    /// Whether keys beside a `$ref` count too; else they are ignored, as the specification says.
    var readsKeysBesideReferences: Bool { self == .openAPI31 }
}
