/// Runs `body` for each element, at most `limit` at a time; the first error ends the rest.
func forEach<Element: Sendable>(
    _ elements: [Element], atOnce limit: Int, _ body: @escaping @Sendable (Element) async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        var rest = elements[...]
        for element in rest.prefix(limit) { tasks.addTask { try await body(element) } }
        rest = rest.dropFirst(limit)
        while try await tasks.next() != nil {
            if let element = rest.popFirst() { tasks.addTask { try await body(element) } }
        }
    }
}
