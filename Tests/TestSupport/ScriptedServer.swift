import Glibc
import Synchronization

/// A server that answers every connection with the same bytes, whatever it is asked.
package final class ScriptedServer: Sendable {
    package enum Script: Sendable {
        /// These bytes, then the end.
        case answer([UInt8])
        /// These bytes, then one more every 50 ms for ever.
        case drip([UInt8])
        /// These bytes, then more and more of them, as fast as they are taken.
        case endless([UInt8])
        /// Nothing, and no end.
        case silence
    }

    package let port: UInt16
    package var url: String { "http://127.0.0.1:\(port)" }
    /// How often it was called.
    package var calls: Int { count.load(ordering: .relaxed) }

    /// How many of its answers have not ended.
    package var open: Int { answering.load(ordering: .relaxed) }

    private let listener: Int32
    private let count = Atomic<Int>(0)
    private let answering = Atomic<Int>(0)

    package struct Failure: Error {
        var code: Int32
    }

    package init(_ script: Script) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(listener, generic, length) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, generic, &length) == 0
            }
        }
        guard bound else { throw Failure(code: errno) }
        port = UInt16(bigEndian: address.sin_port)
        self.listener = listener
        Self.serve(listener, script) { [weak self] change in
            if change > 0 { self?.count.add(1, ordering: .relaxed) }
            self?.answering.add(change, ordering: .relaxed)
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private final class Job {
        let body: () -> Void
        init(_ body: @escaping () -> Void) { self.body = body }
    }

    private static func thread(_ body: @escaping () -> Void) {
        var thread = pthread_t()
        let job = Unmanaged.passRetained(Job(body))
        pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, job.toOpaque())
        pthread_detach(thread)
    }

    private static func serve(_ listener: Int32, _ script: Script, _ changed: @escaping @Sendable (Int) -> Void) {
        thread {
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                changed(1)
                thread {
                    answer(connection, script)
                    close(connection)
                    changed(-1)
                }
            }
            close(listener)
        }
    }

    private static func answer(_ connection: Int32, _ script: Script) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        // A request of these tests fits into one read.
        guard recv(connection, &buffer, buffer.count, 0) > 0 else { return }
        switch script {
        case .silence: while recv(connection, &buffer, buffer.count, 0) > 0 {}
        case .answer(let bytes): _ = write(bytes, to: connection)
        case .endless(let bytes):
            guard write(bytes, to: connection) else { return }
            let more = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 16)
            while write(more, to: connection) {}
        case .drip(let bytes):
            guard write(bytes, to: connection) else { return }
            while write([UInt8(ascii: "x")], to: connection) { usleep(50_000) }
        }
    }

    private static func write(_ bytes: [UInt8], to connection: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }
}
