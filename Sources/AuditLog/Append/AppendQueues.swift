import FoundationEssentials
import Postgres
import Synchronization

/// The queues of a database's tenants, made when they are first needed.
final class AppendQueues: Sendable {
    private let database: Database
    private let queues = Mutex<[UUID: AppendQueue]>([:])

    init(_ database: Database) {
        self.database = database
    }

    func queue(for tenant: UUID) -> AppendQueue {
        queues.withLock { queues in
            if let queue = queues[tenant] { return queue }
            let queue = AppendQueue(database, tenant: tenant)
            queues[tenant] = queue
            return queue
        }
    }
}
