import Testing

@testable import Postgres

@Suite("The pool's decisions")
struct PoolStateTests {
    @Test("connections are opened up to the capacity, then callers wait in order")
    func order() {
        var pool = PoolState(capacity: 2)
        #expect(pool.acquire(1) == .granted(.open(1)))
        #expect(pool.acquire(2) == .granted(.open(2)))
        #expect(pool.acquire(3) == .wait)
        #expect(pool.acquire(4) == .wait)
        #expect(pool.release(2) == .resume(3, .use(2)))
        #expect(pool.release(1) == .resume(4, .use(1)))
        #expect(pool.release(1) == .done)
        #expect(pool.release(2) == .done)
        #expect(pool.acquire(5) == .granted(.use(2)), "the most recently used first")
    }

    @Test("a broken connection makes room: the next waiter opens a new one")
    func broken() {
        var pool = PoolState(capacity: 1)
        #expect(pool.acquire(1) == .granted(.open(1)))
        #expect(pool.acquire(2) == .wait)
        #expect(pool.acquire(3) == .wait)
        #expect(pool.discard(1) == .resume(2, .open(2)))
        #expect(pool.discard(2) == .resume(3, .open(3)))
        #expect(pool.discard(3) == .done)
        #expect(pool.inUse.isEmpty)
    }

    @Test("who waits no longer is not served")
    func expiry() {
        var pool = PoolState(capacity: 1)
        #expect(pool.acquire(1) == .granted(.open(1)))
        #expect(pool.acquire(2) == .wait)
        #expect(pool.acquire(3) == .wait)
        #expect(pool.remove(2) == true)
        #expect(pool.remove(2) == false)
        #expect(pool.release(1) == .resume(3, .use(1)))
        #expect(pool.remove(3) == false, "served already")
    }

    @Test("a closed pool refuses, and is drained when the last connection is back")
    func close() {
        var pool = PoolState(capacity: 3)
        #expect(pool.acquire(1) == .granted(.open(1)))
        #expect(pool.acquire(2) == .granted(.open(2)))
        #expect(pool.release(1) == .done)
        let closing = pool.close()
        #expect(closing.connections == [1])
        #expect(closing.waiters.isEmpty)
        #expect(pool.acquire(3) == .refused)
        #expect(pool.discard(1) == .done)
        #expect(!pool.isDrained)
        #expect(pool.release(2) == .close)
        #expect(!pool.isDrained)
        #expect(pool.discard(2) == .done)
        #expect(pool.isDrained)
    }

    @Test("closing hands back everyone who waits")
    func closeWaiters() {
        var pool = PoolState(capacity: 1)
        #expect(pool.acquire(1) == .granted(.open(1)))
        #expect(pool.acquire(2) == .wait)
        #expect(pool.close().waiters == [2])
        #expect(pool.release(1) == .close)
        #expect(pool.discard(1) == .done)
        #expect(pool.isDrained)
    }

    @Test(
        "no sequence of events hands a connection out twice, exceeds the capacity, or leaves a waiter beside a free one"
    )
    func random() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            var pool = PoolState(capacity: 3)
            var held: Set<Int> = []
            for waiter in 0..<200 {
                func grant(_ grant: PoolState.Grant) {
                    #expect(held.insert(grant.id).inserted)
                }
                func apply(_ release: PoolState.Release) {
                    if case .resume(_, let next) = release { grant(next) }
                }
                switch Int.random(in: 0..<5, using: &generator) {
                case 0, 1: if case .granted(let first) = pool.acquire(waiter) { grant(first) }
                case 2:
                    if let id = held.randomElement(using: &generator) {
                        held.remove(id)
                        apply(pool.release(id))
                    }
                case 3:
                    if let id = held.randomElement(using: &generator) {
                        held.remove(id)
                        apply(pool.discard(id))
                    }
                default: if let id = pool.waiters.randomElement(using: &generator) { #expect(pool.remove(id) == true) }
                }
                #expect(pool.inUse == held)
                #expect(pool.inUse.count + pool.idle.count <= 3)
                #expect(pool.waiters.isEmpty || (pool.idle.isEmpty && pool.inUse.count == 3))
            }
        }
    }
}
