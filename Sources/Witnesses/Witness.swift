package import AuditLog
import FoundationEssentials
package import Processing

/// Somebody apart from the log's keepers, who remembers the last checkpoint they cosigned and cosigns only what extends
/// it (C2SP tlog-witness).
package struct Witness: Sendable, Hashable {
    /// What `/add-checkpoint` is put behind: http or https, without a slash at the end.
    package let url: String
    package let key: NoteVerifier

    /// - Throws: `Failure` saying what is wrong with the address or the key.
    package init(url: String, vkey: String) throws(Failure) {
        self.url = try Self.check(url: url)
        do throws(NoteError) {
            key = try NoteVerifier(vkey: vkey)
        } catch {
            throw Failure(.value, "\"\(vkey)\" is no witness's key: \(error)")
        }
        guard key.kind == .cosignature else {
            throw Failure(
                .value,
                "the key of \(key.name) signs notes, as a log's does, and not cosignatures: ask the witness's operator for the other"
            )
        }
    }

    package var name: String { key.name }
    var addCheckpoint: String { url + "/add-checkpoint" }

    /// The address as it is kept.
    private static func check(url: String) throws(Failure) -> String {
        let isPlain = url.utf8.count <= 1000 && url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }
        guard isPlain, let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = parts.host, !host.isEmpty,
            (1...65_535).contains(parts.port ?? 1)
        else {
            throw Failure(
                .value, "\"\(url)\" is no address of a witness: write it like https://witness.example/prefix")
        }
        guard parts.user == nil, parts.password == nil else {
            throw Failure(.value, "the address of a witness holds no user or password: it would stand in the log")
        }
        guard parts.query == nil, parts.fragment == nil else {
            throw Failure(.value, "the address of a witness holds no ? and no #: /add-checkpoint is put behind it")
        }
        let prefix = String(url.reversed().drop { $0 == "/" }.reversed())
        guard !prefix.hasSuffix("/add-checkpoint") else {
            throw Failure(.value, "the address of a witness is what stands in front of /add-checkpoint: leave that out")
        }
        return prefix
    }
}
