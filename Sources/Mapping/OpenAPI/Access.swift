/// Where an API is and how one signs in to it, as its description says.
struct Access {
    private(set) var baseURL: String?
    private(set) var authentication = API.Authentication.none
    private(set) var notes: [Diagnostic] = []

    init(_ root: DocumentNode, _ operation: Specification.Operation, _ version: SpecificationVersion) {
        var resolver = ReferenceResolver(root)
        if version == .swagger2 {
            readHost(of: root, operation)
        } else {
            readServer(operation.node["servers"] ?? operation.pathNode["servers"] ?? root["servers"])
        }
        let schemes = version == .swagger2 ? root["securityDefinitions"] : root["components"]?["securitySchemes"]
        readSecurity(operation.node["security"] ?? root["security"], schemes, &resolver)
    }

    private mutating func note(_ location: Location, _ message: String, _ advice: String) {
        notes.append(Diagnostic(.simplified, at: location, message, advice))
    }

    private mutating func readServer(_ servers: DocumentNode?) {
        guard let servers, let server = servers.items.first, var url = server["url"]?.text else { return }
        for (name, _, variable) in server["variables"]?.members ?? [] {
            url = url.replacing("{\(name)}", with: variable["default"]?.text ?? "")
        }
        guard Self.isAbsolute(url) else {
            note(
                server.location, "the address '\(url.prefix(80))' has no host and is left out", "nothing has to be done"
            )
            return
        }
        baseURL = url
        if servers.items.count > 1 {
            note(
                server.location, "the first of \(servers.items.count) servers is taken: \(url)",
                "nothing has to be done")
        }
    }

    private mutating func readHost(of root: DocumentNode, _ operation: Specification.Operation) {
        guard let host = root["host"]?.text else { return }
        let schemes = (operation.node["schemes"] ?? root["schemes"])?.items.compactMap(\.text) ?? []
        let scheme = schemes.contains("https") || schemes.isEmpty ? "https" : schemes[0]
        let url = "\(scheme)://\(host)\(root["basePath"]?.text ?? "")"
        if Self.isAbsolute(url) { baseURL = url }
    }

    /// A web address that events may keep: without a name and password in it.
    private static func isAbsolute(_ url: String) -> Bool {
        guard url.hasPrefix("https://") || url.hasPrefix("http://"), url.utf8.count <= 2_000 else { return false }
        let host = url.drop { $0 != ":" }.dropFirst(3).prefix { $0 != "/" && $0 != "?" }
        return !host.isEmpty && !host.contains("@") && !url.unicodeScalars.contains { $0.value <= 0x20 }
    }

    /// The first way of signing in that is required; an empty list, or none, requires nothing.
    private mutating func readSecurity(
        _ requirements: DocumentNode?, _ schemes: DocumentNode?, _ resolver: inout ReferenceResolver
    ) {
        guard let requirements else {
            if let schemes, !schemes.members.isEmpty {
                note(
                    schemes.location, "ways to sign in are described, but none is required",
                    "add 'security' to the description if the API requires one")
            }
            return
        }
        guard let first = requirements.items.first(where: { !$0.members.isEmpty }) else { return }
        for (name, key, _) in first.members {
            guard let node = schemes?[name], let scheme = try? resolver.followed(node) else {
                note(key.location, "the security scheme '\(name.prefix(80))' is not described", "describe it")
                continue
            }
            guard let authentication = API.Authentication(scheme) else {
                note(
                    scheme.location, "'\(name.prefix(80))' is a way to sign in that is not supported",
                    "nothing has to be done")
                continue
            }
            self.authentication = authentication
            break
        }
        if first.members.count > 1 || requirements.items.count > 1 {
            note(
                requirements.location, "of several ways to sign in, \(authentication.rawValue) is taken",
                "nothing has to be done")
        }
    }
}

extension API.Authentication {
    /// That of a security scheme; `nil` for those that are not supported.
    fileprivate init?(_ scheme: DocumentNode) {
        switch (scheme["type"]?.text, scheme["scheme"]?.text?.lowercased()) {
        case ("apiKey", _): self = .apiKey
        case ("basic", _), ("http", "basic"): self = .basic
        case ("http", "bearer"): self = .bearerToken
        case ("oauth2", _), ("openIdConnect", _): self = .oauth2
        default: return nil
        }
    }
}
