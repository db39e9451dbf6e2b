import AuditLog
import Glibc
import Synchronization

/// Progress on a terminal's standard error: how much, how fast, how long still. Silent everywhere else.
final class ProgressBar: Sendable {
    private struct State {
        var begin = ContinuousClock.now
        var shown: ContinuousClock.Instant?
        var width = 0
    }

    private let label: String
    private let unit: String
    /// Whether standard error is a terminal.
    let isShown: Bool
    private let state = Mutex(State())

    /// - Parameters:
    ///   - label: what is done, as `verifying`.
    ///   - unit: of what, in the plural, as `events`.
    init(_ label: String, unit: String) {
        self.label = label
        self.unit = unit
        isShown = isatty(STDERR_FILENO) == 1
    }

    /// Says how far it is; shown at most ten times a second. `total` 0: not known.
    func update(_ done: Int64, of total: Int64) {
        guard isShown else { return }
        state.withLock { state in
            let now = ContinuousClock.now
            let elapsed = Self.seconds(now - state.begin)
            // What is over at once needs no progress.
            guard elapsed > 0.5, state.shown.map({ now - $0 > .milliseconds(100) }) ?? true else { return }
            state.shown = now
            let rate = Double(done) / elapsed
            var text = "\(label): \(done.grouped)"
            if total > 0 {
                text += " of \(total.grouped) \(unit) (\(min(100, done * 100 / total)) %)"
            } else {
                text += " \(unit)"
            }
            text += ", \(Int64(rate).grouped)/s"
            if total > done, rate > 0 { text += ", \(Self.spell(Double(total - done) / rate)) left" }
            show(text, &state)
        }
    }

    /// Says what is being done where there is nothing to count.
    func update(_ text: String) {
        guard isShown else { return }
        state.withLock { show("\(label): \(text)", &$0) }
    }

    /// Takes the line away.
    func finish() {
        guard isShown else { return }
        state.withLock { state in
            if state.width > 0 { StandardError.write("\r\u{1B}[K") }
            state.width = 0
        }
    }

    private func show(_ text: String, _ state: inout State) {
        var size = winsize()
        let columns = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 ? Int(size.ws_col) : 0
        let line = text.printable.shortened(to: columns > 1 ? columns - 1 : 79)
        state.width = line.count
        StandardError.write("\r\u{1B}[K\(line)")
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    /// `45 s`, `3 min 20 s`, `2 h 5 min`.
    private static func spell(_ seconds: Double) -> String {
        let whole = Int64(min(seconds, 1e9).rounded(.up))
        switch whole {
        case ..<60: return "\(whole) s"
        case ..<3600: return "\(whole / 60) min \(whole % 60) s"
        default: return "\(whole / 3600) h \(whole / 60 % 60) min"
        }
    }
}
