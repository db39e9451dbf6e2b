/// What a check of an export found, without any database.
package struct ExportFinding: Sendable {
    /// What was found of the events; its size and root are those of the entries in the folder.
    package var events = Verification()
    package var checkpoint: Checkpoint
    package var cosignatures: [Cosignature]
    /// Events whose payload the export does not show: their entries prove its hash, and nothing of what it said.
    package var payloadsMissing: Int64 = 0
    /// Events whose personal part and attachment the export does not show.
    package var withheld: Int64 = 0
    /// What is wrong with the export as a whole: tiles, root.
    package var faults: [String] = []
    /// Those that were given, and what became of each.
    package var kept: [(name: String, size: Int64, outcome: KeptCheckpoint.Outcome)] = []
    /// Whether the checkpoint is signed by a key that the log put in the place of the one given.
    package var followedKeyChange = false

    init(checkpoint: Checkpoint, cosignatures: [Cosignature]) {
        self.checkpoint = checkpoint
        self.cosignatures = cosignatures
        events.size = checkpoint.size
    }

    /// Payloads that are there, and are those that the entries commit to, or are named among the problems.
    package var payloads: Int64 { events.events - payloadsMissing }
    package var contradicted: [String] {
        kept.compactMap { kept in
            if case .contradicts(let reason) = kept.outcome { "\(kept.name): \(reason)" } else { nil }
        }
    }
    /// Given checkpoints that say nothing of this log: no fault of the export's, but what was asked for was not done.
    package var unusable: [String] {
        kept.compactMap { kept in
            if case .unusable(let reason) = kept.outcome { "\(kept.name): \(reason)" } else { nil }
        }
    }

    package var problemCount: Int64 { events.problemCount + Int64(faults.count + contradicted.count) }
    package var isSound: Bool { problemCount == 0 }
}
