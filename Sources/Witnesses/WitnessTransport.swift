import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Posts a request to a witness and reads its answer.
package struct WitnessTransport: Sendable {
    /// What a witness answered.
    package struct Answer: Sendable {
        package var status: Int
        package var contentType: String?
        package var body: [UInt8]
    }

    private let client: HTTPClient
    private let timeout: TimeAmount

    /// - Parameter timeout: for the whole request, in seconds.
    package init(timeout: Int64 = 10) {
        client = .shared
        self.timeout = .seconds(timeout)
    }

    /// Posts `body` to `url`; an answer of more than 64 KiB is an error.
    package func post(_ body: [UInt8], to url: String) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.body = .bytes(body)
        let response = try await client.execute(request, timeout: timeout)
        let buffer = try await response.body.collect(upTo: 64 << 10)
        return Answer(
            status: Int(response.status.code), contentType: response.headers.first(name: "content-type"),
            body: Array(buffer.readableBytesView))
    }
}
