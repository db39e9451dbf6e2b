import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// Posts requests to witnesses and reads their answers: bounded in time and size, following nobody elsewhere.
package struct WitnessTransport: Sendable {
    package static let longestAnswer = 64 << 10

    private let client: HTTPClient
    private let timeout: Duration

    /// Runs `body` with a transport, whose connections are closed afterwards.
    ///
    /// - Parameter timeout: for a whole request and its answer.
    package static func use<T>(
        timeout: Duration = .seconds(10), _ body: (WitnessTransport) async throws -> T
    ) async throws -> T {
        var configuration = HTTPClient.Configuration.singletonConfiguration
        configuration.redirectConfiguration = .disallow
        configuration.decompression = .disabled
        configuration.timeout.connect = .seconds(5)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let result: Result<T, any Error>
        do {
            result = .success(try await body(WitnessTransport(client: client, timeout: timeout)))
        } catch {
            result = .failure(error)
        }
        try? await client.shutdown()
        return try result.get()
    }

    /// Posts `body` to an address.
    ///
    /// - Throws: `SubmissionFailure` that says why there is no answer; `CancellationError`.
    package func post(_ body: [UInt8], to witness: Witness) async throws -> WitnessAnswer {
        do {
            // The client's own timeout ends with the answer's head: the rest could drip in for hours.
            return try await withThrowingTaskGroup(of: WitnessAnswer.self) { tasks in
                tasks.addTask { try await answer(to: body, at: witness.addCheckpoint) }
                tasks.addTask {
                    try await Task.sleep(for: timeout)
                    throw HTTPClientError.deadlineExceeded
                }
                defer { tasks.cancelAll() }
                guard let answer = try await tasks.next() else { throw CancellationError() }
                return answer
            }
        } catch {
            try Task.checkCancellation()
            throw failure(error, of: witness)
        }
    }

    private func answer(to body: [UInt8], at url: String) async throws -> WitnessAnswer {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "text/plain; charset=utf-8")
        request.headers.add(name: "user-agent", value: "atlas2")
        request.body = .bytes(body)
        let (seconds, attoseconds) = timeout.components
        let response = try await client.execute(
            request, timeout: .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000))
        let buffer = try await response.body.collect(upTo: Self.longestAnswer)
        return WitnessAnswer(
            status: Int(response.status.code), contentType: response.headers.first(name: "content-type"),
            body: Array(buffer.readableBytesView))
    }

    private func failure(_ error: any Error, of witness: Witness) -> SubmissionFailure {
        let name = "the witness \(witness.name)"
        switch error {
        case is NIOTooManyBytesError:
            return SubmissionFailure(.badAnswer, "\(name) answers with more than \(Self.longestAnswer) bytes")
        case let error as HTTPClientError where Self.timeouts.contains(error):
            return SubmissionFailure(.away, "\(name) does not answer in time")
        case let error as NIOConnectionError:
            let cause: (any Error)? = error.connectionErrors.first?.error ?? error.dnsAError ?? error.dnsAAAAError
            return SubmissionFailure(.away, "\(name) cannot be reached: \(Self.reason(cause ?? error))")
        case let error as IOError:
            return SubmissionFailure(.away, "\(name) cannot be reached: \(Self.reason(error))")
        default: return SubmissionFailure(.away, "\(name) cannot be asked: \(error)")
        }
    }

    private static let timeouts: [HTTPClientError] = [.deadlineExceeded, .connectTimeout, .readTimeout]

    private static func reason(_ error: any Error) -> String {
        (error as? IOError).map { String(cString: strerror($0.errnoCode)).lowercased() } ?? "\(error)"
    }
}
