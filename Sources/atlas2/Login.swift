import Glibc

/// The operating-system login that runs the command.
enum Login {
    /// `user@host`, as events record it.
    static var current: String { "\(user)@\(host)" }

    /// The user's name; their number where they have none.
    static var user: String {
        guard let entry = getpwuid(getuid()) else { return "uid\(getuid())" }
        return String(cString: entry.pointee.pw_name)
    }

    private static var host: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
