import ArgumentParser
import Logging

/// What is logged and how, under Prometheus' flag names.
struct LogFlags: ParsableArguments {
    enum Level: String, ExpressibleByArgument, CaseIterable {
        case debug, info, warn, error

        var loggerLevel: Logger.Level {
            switch self {
            case .debug: .debug
            case .info: .info
            case .warn: .warning
            case .error: .error
            }
        }
    }

    @Option(name: .customLong("log.level"), help: "Only log messages of this severity or above.")
    var level = Level.info

    @Option(name: .customLong("log.format"), help: "Output format of log messages.")
    var format = LineFormat.logfmt

    func start() -> Logger { LogFlags.start(level: level, format: format) }

    /// Makes the logger of the program; log lines go to the standard error. To be called once.
    static func start(level: Level, format: LineFormat) -> Logger {
        LoggingSystem.bootstrap { label in
            LineLogHandler(label: label, format: format, level: level.loggerLevel)
        }
        return Logger(label: "martlet")
    }
}

extension LineFormat: ExpressibleByArgument {}
