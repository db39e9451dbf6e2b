/// What a pool of connections decides; it opens, closes and waits for nothing itself.
///
/// Connections that are free are handed out before new ones are opened, the most recently used first; callers that wait
/// are served in the order in which they came. Whoever is granted a new connection opens it.
struct PoolState {
    typealias ConnectionID = Int
    typealias WaiterID = Int

    enum Grant: Equatable {
        /// Use this one, which is open.
        case use(ConnectionID)
        /// Open a new one under this number.
        case open(ConnectionID)

        var id: ConnectionID {
            switch self {
            case .use(let id), .open(let id): id
            }
        }
    }

    enum Acquisition: Equatable {
        case granted(Grant)
        case wait
        case refused
    }

    enum Release: Equatable {
        /// The connection is idle, or gone.
        case done
        /// A waiter's turn.
        case resume(WaiterID, Grant)
        /// The pool is closed: close the connection, then call `discard`.
        case close
    }

    let capacity: Int
    private(set) var idle: [ConnectionID] = []
    private(set) var inUse: Set<ConnectionID> = []
    private(set) var waiters: [WaiterID] = []
    private(set) var isClosed = false
    private var nextConnection = 0

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    /// Whether the pool is closed and its last connection too.
    var isDrained: Bool { isClosed && inUse.isEmpty && idle.isEmpty }

    /// A caller wants a connection now; nil if it would have to wait.
    mutating func acquireNow() -> Grant? {
        isClosed ? nil : takeFree()
    }

    /// A caller wants a connection; told to wait, it is served by a later `release` or `discard`.
    mutating func acquire(_ waiter: WaiterID) -> Acquisition {
        if isClosed { return .refused }
        if let grant = takeFree() { return .granted(grant) }
        waiters.append(waiter)
        return .wait
    }

    /// A caller has done with a connection that others can use.
    mutating func release(_ connection: ConnectionID) -> Release {
        guard !isClosed else { return .close }
        guard waiters.isEmpty else { return .resume(waiters.removeFirst(), .use(connection)) }
        inUse.remove(connection)
        idle.append(connection)
        return .done
    }

    /// A connection in use is closed, or could not be opened.
    mutating func discard(_ connection: ConnectionID) -> Release {
        inUse.remove(connection)
        guard !waiters.isEmpty, let grant = takeFree() else { return .done }
        return .resume(waiters.removeFirst(), grant)
    }

    /// A caller waits no longer; false if it was served already.
    mutating func remove(_ waiter: WaiterID) -> Bool {
        guard let index = waiters.firstIndex(of: waiter) else { return false }
        waiters.remove(at: index)
        return true
    }

    /// Nobody gets a connection any more: fail these waiters, close these connections and discard each.
    mutating func close() -> (waiters: [WaiterID], connections: [ConnectionID]) {
        isClosed = true
        defer {
            waiters = []
            inUse.formUnion(idle)
            idle = []
        }
        return (waiters, idle)
    }

    private mutating func takeFree() -> Grant? {
        if let connection = idle.popLast() {
            inUse.insert(connection)
            return .use(connection)
        }
        guard inUse.count < capacity else { return nil }
        nextConnection += 1
        inUse.insert(nextConnection)
        return .open(nextConnection)
    }
}
