import Foundation
import Glibc

/// The embedded server's first process, of which each connection is a child.
struct ServerProcess {
    private let identifier: String

    init(_ installation: Installation) throws {
        let file = try installation.atlas2("psql", "-qAtc", "SELECT pg_read_file('postmaster.pid')").output
        identifier = file.split(separator: "\n").first.map(String.init) ?? ""
    }

    /// Seconds of a processor that its connections have used which have ended.
    func finishedChildrenSeconds() throws -> Double {
        let stat = try String(contentsOfFile: "/proc/\(identifier)/stat", encoding: .utf8)
        // proc(5): fields 16 and 17 are ticks of children that were waited for; the second one may hold spaces.
        let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 14, let program = Double(fields[13]), let kernel = Double(fields[14]) else {
            throw BenchmarkError("/proc/\(identifier)/stat does not say what the server has used")
        }
        return (program + kernel) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
