import Logging

/// Writes log messages to standard error, one line each.
struct ConsoleLog: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    init(level: Logger.Level) {
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var text = event.level == .notice ? "\(event.message)" : "\(event.level): \(event.message)"
        let details = metadata.merging(event.metadata ?? [:]) { $1 }
        if !details.isEmpty {
            text +=
                " (" + details.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + ")"
        }
        if let error = event.error { text += ": \(error)" }
        StandardError.say(text.split(whereSeparator: \.isWhitespace).joined(separator: " ").printable)
    }
}
