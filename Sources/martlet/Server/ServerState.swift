import Logging
import MetricModel
import Platform
import PromQLEngine
import QueryAPI
import Rules
import Scraping
import ServerConfig
import Synchronization

/// The configuration of the server role as it is in force, and how it is replaced.
final class ServerState: Sendable {
    private struct State {
        var configuration: ServerConfiguration
        var isReloadSuccessful = true
        /// Milliseconds since 1970.
        var loadedAt: Timestamp
    }

    private static let reloadFailure = "Configuration reload has failed."

    let path: String
    /// See `ServerConfiguration.load`.
    private let prefersProtobuf: Bool
    /// Milliseconds since 1970.
    let startedAt: Timestamp
    private let scrape: ScrapeService
    private let alerting: AlertingServices
    private let board: NotificationBoard
    private let journal: QueryJournal
    private let workers: WorkerThreads
    private let logger: Logger
    private let clock: any WallClock
    private let state: Mutex<State>

    /// - Parameter configuration: what was read from `path` at the start; applied at once.
    /// - Throws: `ConfigurationError` for a rule file.
    init(
        _ configuration: ServerConfiguration, path: String, prefersProtobuf: Bool = false,
        scrape: ScrapeService, alerting: AlertingServices,
        board: NotificationBoard, journal: QueryJournal, workers: WorkerThreads, logger: Logger,
        clock: any WallClock = SystemClock()
    ) throws {
        self.path = path
        self.prefersProtobuf = prefersProtobuf
        self.scrape = scrape
        self.alerting = alerting
        self.board = board
        self.journal = journal
        self.workers = workers
        self.logger = logger
        self.clock = clock
        startedAt = clock.now()
        state = Mutex(State(configuration: configuration, loadedAt: startedAt))
        try apply(configuration)
    }

    var configuration: ServerConfiguration { state.withLock { $0.configuration } }
    var isReloadSuccessful: Bool { state.withLock { $0.isReloadSuccessful } }
    var loadedAt: Timestamp { state.withLock { $0.loadedAt } }

    /// Reads the file again. The old configuration stays in force when the new one is wrong.
    ///
    /// - Throws: `ConfigurationError`.
    func reload() async throws {
        do {
            try await workers.run { [self] _ in
                let configuration = try ServerConfiguration.load(path, prefersProtobuf: prefersProtobuf)
                try apply(configuration)
                state.withLock { state in
                    state.configuration = configuration
                    state.isReloadSuccessful = true
                    state.loadedAt = clock.now()
                }
            }
            board.remove(ServerState.reloadFailure)
            logger.info("Loaded the configuration", metadata: ["file": "\(path)"])
        } catch {
            state.withLock { $0.isReloadSuccessful = false }
            board.add(ServerState.reloadFailure, at: clock.now())
            logger.error("Cannot load the configuration", metadata: ["error": "\(error)"])
            throw error
        }
    }

    /// Nothing is changed when a rule file is wrong.
    private func apply(_ configuration: ServerConfiguration) throws {
        let groups = try alerting.groups(of: configuration)
        try journal.log(to: configuration.global.queryLogFile)
        try alerting.apply(configuration, groups)
        for warning in configuration.warnings {
            logger.warning("Has no effect", metadata: ["setting": "\(warning)"])
        }
        scrape.apply(configuration.scrapeConfigurations, externalLabels: configuration.global.externalLabels)
    }
}
