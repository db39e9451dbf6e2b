import AuditLog
import Foundation
import Postgres

/// The events that the benchmark appends; neither kind is large enough to be compressed or stored out of line.
enum Load: Sendable {
    /// Of a type that no projection reads; ten to a stream.
    case foreign
    /// The same, and each opens a stream of its own: the dearest there is.
    case opening
    /// Of users, which an inline projection folds: each user is added, changes role and is deactivated.
    case users
    /// The same of members, which no projection reads.
    case members

    var name: String {
        switch self {
        case .foreign: "events that no projection reads, ten to a stream"
        case .opening: "events that no projection reads, each in a stream of its own"
        case .users: "events of users, which an inline projection folds, three to a stream"
        case .members: "the same events of members, which no projection reads"
        }
    }

    /// The event with this number of a client.
    func event(client: Int, number: Int) -> NewEvent {
        switch self {
        case .foreign, .opening:
            let place = self == .foreign ? number / 10 : number
            return NewEvent(
                stream: StreamID(type: "reading", id: UUID(named: "bench", String(client), String(place))),
                type: "reading.taken",
                payload: JSON(
                    #"{"sensor":\#(client),"number":\#(number),"unit":"mV","quality":"good","state":"recorded"}"#),
                personal: JSON(#"{"operator":"Operator Number \#(client)"}"#))
        case .users, .members:
            let place = number / 3
            let type = self == .users ? "user" : "member"
            let stream = StreamID(type: type, id: UUID(named: "bench", String(client), String(place)))
            switch number % 3 {
            case 0:
                return NewEvent(
                    stream: stream, type: "\(type).created", payload: JSON(#"{"role":"user"}"#),
                    personal: JSON(#"{"email":"u\#(place)@c\#(client).example.com","name":"User \#(place)"}"#))
            case 1:
                return NewEvent(
                    stream: stream, type: "\(type).role_changed", payload: JSON(#"{"role":"auditor"}"#))
            default: return NewEvent(stream: stream, type: "\(type).deactivated", payload: JSON("{}"))
            }
        }
    }
}

/// So many events of one client.
struct LoadSequence: AsyncSequence, AsyncIteratorProtocol {
    private let load: Load
    private let count: Int
    private var number = 0

    init(_ load: Load, _ count: Int) {
        self.load = load
        self.count = count
    }

    func makeAsyncIterator() -> Self { self }

    mutating func next() async -> NewEvent? {
        defer { number += 1 }
        return number < count ? load.event(client: 0, number: number) : nil
    }
}
