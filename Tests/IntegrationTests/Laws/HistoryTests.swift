import AuditLog
import Postgres
import TestSupport
import Testing

extension LawTests {
    @Suite("The generated history")
    struct HistoryTests {
        @Test("it holds every event type and every state, over several months")
        func everything() async throws {
            try await TestTemplate.history.withCopy { database in
                let types: [String] = try await database.administrator.session { session in
                    try session.query("SELECT DISTINCT event_type FROM audit_logs") { try $0.decode(0) }
                }
                let expected: Set = [
                    TenantCreated.type, SettingChanged.type, UserCreated.type, UserRoleChanged.type,
                    UserDeactivated.type,
                    UserReactivated.type, APIRegistered.type, APIFieldsDefined.type, MappingVersionAdded.type,
                    JobCreated.type,
                    JobFileChunkStored.type, JobStarted.type, JobRowsProcessed.type, JobRowsFixed.type, JobPaused.type,
                    JobResumed.type,
                    JobCancelled.type, JobFailed.type, JobCompleted.type, ProjectionRebuilt.type, HoldPlaced.type,
                    LogWitnessAdded.type, LogWitnessRemoved.type,
                    HoldReleased.type, DisclosureMade.type, DisclosureCompleted.type, DisclosureFailed.type,
                    "user.erased",
                    "job.erased", "hold.erased", "disclosure.erased", "setting.erased", "mapping.erased",
                ]
                #expect(expected.subtracting(types) == [])
                let states: [String] = try await database.administrator.session { session in
                    try session.query("SELECT DISTINCT status FROM processing_jobs") { try $0.decode(0) }
                }
                #expect(Set(states) == ["created", "running", "paused", "cancelled", "failed", "completed"])
            }
        }

        @Test("law 8: the hashes that Swift computes from each row are those that the database stored")
        func hashes() async throws {
            try await TestTemplate.history.withCopy { database in
                for tenant in HistoryTenants.all {
                    let result = try await database.log.verify(as: .system(tenant))
                    #expect(result.isSound, "\(result.problems.prefix(3))")
                    #expect(result.events >= 1000)
                    #expect(result.events == result.size)
                    #expect(result.erased > 20)
                    #expect(result.redacted > 5)
                    #expect(result.restored == 0)
                    var tree = MerkleTree()
                    try await database.log.forEach(as: .system(tenant)) { event in
                        #expect(Hashes.leaf(event) == MerkleHash(event.leafHash))
                        tree.append(leaf: Hashes.leaf(event))
                    }
                    #expect(tree.root == result.root)
                }
            }
        }
    }
}
