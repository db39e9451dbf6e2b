import Projections

/// Progress of a rebuild on a terminal.
final class RebuildDisplay: Sendable {
    private let bar = ProgressBar("folding", unit: "events")
    private let steps = ProgressBar("rebuilding", unit: "")

    var isShown: Bool { bar.isShown }

    func show(_ progress: RebuildProgress) {
        switch progress {
        case .resuming(let projection, let done, let total):
            StandardError.say("\(projection): resuming at \(total > 0 ? done * 100 / total : 100) %")
        case .folding(let done, let total): bar.update(done, of: total)
        case .step(let text): steps.update(text)
        }
    }

    func finish() {
        bar.finish()
        steps.finish()
    }
}
