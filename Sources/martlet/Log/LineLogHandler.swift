import Logging

/// The form of a log line.
enum LineFormat: String, CaseIterable, Sendable {
    case logfmt, json
}

/// Writes each event as one line to the standard error, as Prometheus does:
/// `time=2026-01-02T03:04:05.678Z level=INFO msg="Server is ready" address=127.0.0.1:9090`.
struct LineLogHandler: LogHandler {
    let label: String
    let format: LineFormat
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    init(label: String, format: LineFormat, level: Logger.Level) {
        self.label = label
        self.format = format
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields: [(name: String, value: String)] = [
            ("time", LogTime.now()),
            ("level", LineLogHandler.name(of: event.level)),
            ("msg", event.message.description),
        ]
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
        if let own = event.metadata { all.merge(own) { _, new in new } }
        for (name, value) in all.sorted(by: { $0.key < $1.key }) { fields.append((name, value.description)) }
        StandardError.write(LogLine.text(fields, as: format))
    }

    private static func name(of level: Logger.Level) -> String {
        switch level {
        case .trace, .debug: "DEBUG"
        case .info, .notice: "INFO"
        case .warning: "WARN"
        case .error, .critical: "ERROR"
        }
    }
}
