import CPostgres
import Logging

/// What a listener hears.
package enum DatabaseNotification: Sendable, Equatable {
    /// The listener is connected, for the first time or again. Whatever was sent before this moment may have been missed:
    /// read the positions.
    case connected
    case received(channel: String, payload: String)
}

/// The notifications of some channels, on a connection of their own.
///
/// Each iteration connects anew. A lost connection is opened again, with growing pauses up to five seconds, and announced by
/// `.connected`. Ends when the task is cancelled or the database closed. Notifications are hints: a reader that is
/// slow leaves them with the server, and equal ones may be merged there.
package struct DatabaseNotifications: AsyncSequence, Sendable {
    package typealias Element = DatabaseNotification

    let database: Database
    let channels: [String]

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(database: database, channels: channels)
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        private let database: Database
        private let channels: [String]
        private var connection: ListeningConnection?
        private var pending: ArraySlice<DatabaseNotification> = []
        private var hasConnected = false
        private var pause = Duration.milliseconds(50)

        init(database: Database, channels: [String]) {
            self.database = database
            self.channels = channels
        }

        /// - Throws: what the first attempt to connect throws, and what the server answers when it refuses to listen (a
        ///   standby does).
        package mutating func next() async throws -> DatabaseNotification? {
            while !Task.isCancelled, !database.isClosed {
                if let next = pending.popFirst() { return next }
                guard let connection else {
                    if try await connect() { return .connected }
                    continue
                }
                switch await connection.wait() {
                case .notifications(let received): pending = received[...]
                case .interrupted: continue
                case .lost:
                    database.logger.warning("the connection for notifications is lost; connecting again")
                    self.connection = nil
                }
            }
            connection = nil
            return nil
        }

        private mutating func connect() async throws -> Bool {
            do {
                connection = try await ListeningConnection(database, channels)
                hasConnected = true
                pause = .milliseconds(50)
                return true
            } catch let error as PostgresError where error.code == .cancelled || error.code == .poolClosed {
                return false
            } catch let error as PostgresError where hasConnected && error.code == .connection {
                database.logger.debug("no connection for notifications yet: \(error)")
                // Cancelled while it sleeps, `next()` sees it.
                try? await Task.sleep(for: pause)
                pause = Swift.min(pause * 2, .seconds(5))
                return false
            }
        }
    }
}

extension Database {
    /// Listens to channels; see `DatabaseNotifications`.
    package func listen(_ channels: [String]) -> DatabaseNotifications {
        DatabaseNotifications(database: self, channels: channels)
    }
}

/// A connection on which LISTEN was said; known to the database while it lives.
private final class ListeningConnection: Sendable {
    private let database: Database
    private let connection: Connection

    init(_ database: Database, _ channels: [String]) async throws {
        self.database = database
        connection = try await database.openConnection()
        guard database.register(listening: connection) else { throw Database.closedError }
        let text = channels.map { "LISTEN " + SQL.quoted(identifier: $0) }.joined(separator: "; ")
        let outcome = await connection.performCancellably(Work(start: .session(.none)) { try $0.script(text) })
        guard let result = outcome.result else {
            throw PostgresError(.connection, "the server closed a connection just opened")
        }
        try result.get()
    }

    deinit {
        database.unregister(listening: connection)
    }

    func wait() async -> Connection.Wake {
        await withTaskCancellationHandler {
            await connection.waitForNotifications()
        } onCancel: {
            connection.thread.interrupt()
        }
    }
}

extension Link {
    /// The notifications that have arrived and were not asked for yet.
    func notifications() -> [DatabaseNotification] {
        var received: [DatabaseNotification] = []
        while let next = PQnotifies(pointer) {
            defer { PQfreemem(next) }
            let channel = String(cString: next.pointee.relname)
            received.append(.received(channel: channel, payload: String(cString: next.pointee.extra)))
        }
        return received
    }
}
