import TestSupport
import Testing

/// Lets so many tests of a suite, and of those in it, run at once; the others wait.
struct AtOnce: SuiteTrait, TestTrait, TestScoping {
    let isRecursive = true
    private let turnstile: Turnstile

    init(_ count: Int) {
        turnstile = Turnstile(count)
    }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void
    ) async throws {
        await turnstile.enter()
        do {
            try await body()
        } catch {
            await turnstile.leave()
            throw error
        }
        await turnstile.leave()
    }
}
