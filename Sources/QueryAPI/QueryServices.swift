public import Exposition
public import Instruments
public import Logging
public import MetricModel
public import Platform
public import PromQLEngine
public import PromQLSyntax
public import RemoteStorage
public import Scraping
public import StorageAPI

/// All that the HTTP API needs of the rest of the program; the wiring fills it.
///
/// ```swift
/// var services = QueryServices(
///     storage: database, engine: QueryEngine(options: options),
///     workers: WorkerThreads(name: "query", count: concurrency, queueLimit: 100),
///     registry: registry, logger: logger)
/// services.readiness = { database.isOpen ? .ready : .starting }
/// services.scrape = ScrapeView(scrapeService)
/// let router = try QueryAPI.router(services)
/// ```
///
/// Only the members of the initializer must be given. A closure is called on any thread, must not
/// block for long unless its comment says that it may, and may be called before the program is ready.
public struct QueryServices: Sendable {
    // MARK: Reading

    /// What queries read.
    public var storage: any Queryable
    /// What `/federate` reads: without remote storages. Nil: the same as ``storage``.
    public var localStorage: (any Queryable)?
    /// What `/api/v1/query_exemplars` reads; nil: there are none.
    public var exemplars: (any ExemplarQueryable)?
    public var engine: QueryEngine
    /// Which experimental parts of the language are on.
    public var parserOptions = ParserOptions()
    /// Evaluate queries and read the storage. Their number is the most queries that run at once; when
    /// their queue is full, clients get 503 with Retry-After.
    public var workers: WorkerThreads
    /// In which large queries wait for their turn, beside the queue for a thread.
    public var queue = QueryQueue()
    public var limits = QueryLimits()

    // MARK: About the program

    public var clock: any WallClock = SystemClock()
    public var logger: Logger
    /// Gets the families `prometheus_http_…`, `prometheus_engine_…`, `prometheus_build_info`,
    /// `prometheus_ready` and `prometheus_config_…`; shown by `/metrics` and `/federate`'s own counters.
    public var registry: Registry
    /// Writes families that are not in the registry (those of the database) to `/metrics`. May block.
    public var collect: @Sendable (inout ExpositionWriter) -> Void = { _ in }
    public var build = BuildInformation()
    public var readiness: @Sendable () -> Readiness = { .ready }
    /// The configuration as YAML, secrets hidden.
    public var configurationText: @Sendable () -> String = { "" }
    /// All command line flags with their values, names without dashes.
    public var flags: [String: String] = [:]
    /// The enabled parts that `/api/v1/features` tells beyond those of the API itself: by category and
    /// name. See ``FeatureTable``.
    public var features: [String: [String: Bool]] = [:]
    public var runtime: @Sendable () -> RuntimeInformation = { RuntimeInformation() }
    public var notificationBoard = NotificationBoard()
    /// The YAML of one scrape job, secrets hidden; nil for a job that is not known.
    public var poolConfigurationText: @Sendable (_ pool: String) -> String? = { _ in nil }
    /// Labels added to federated samples and external answers.
    public var externalLabels: @Sendable () -> Labels = { .empty }
    /// The address that users know the server by, with scheme and no slash at the end; "" when it is
    /// the listening address itself.
    public var externalURL = ""
    /// The title of the pages.
    public var pageTitle = ""
    /// The port that the server listens on, for links to itself.
    public var listenPort = 9090

    // MARK: The services beside it

    public var scrape = ScrapeView()
    /// The rule groups in the order of files and groups.
    public var ruleGroups: @Sendable () -> [RuleGroupStatus] = { [] }
    /// The URLs of Alertmanagers: active and dropped.
    public var alertmanagers: @Sendable () -> (active: [String], dropped: [String]) = { ([], []) }
    /// Nil for a storage that has no head and blocks of its own.
    public var database: DatabaseView?

    /// Takes remote write requests; nil when it is off.
    public var writeReceiver: RemoteWriteReceiver?
    public var acceptedWriteMessages: Set<RemoteWriteMessage> = [.version1]

    // MARK: Rights

    /// Reads the configuration again; throws what `/-/reload` shows. Nil: the lifecycle routes are
    /// refused (`--web.enable-lifecycle`).
    public var reload: (@Sendable () async throws -> Void)?
    /// Begins to shut down. Nil: as ``reload``.
    public var quit: (@Sendable () -> Void)?
    /// Whether `/api/v1/admin/…` may change the database (`--web.enable-admin-api`).
    public var isAdminEnabled = false
    /// bcrypt hashes of passwords by user, asked at each request; none let everybody in
    /// (`basic_auth_users`).
    public var users: @Sendable () -> [String: String] = { [:] }
    /// Headers of every answer, asked at each request.
    public var answerHeaders: @Sendable () -> [String: String] = { [:] }
    /// What stands before all paths: "" or `/prefix` (`--web.route-prefix`).
    public var routePrefix = ""
    /// Which origins' pages may read answers; nil: none but our own (`--web.cors.origin`).
    public var crossOrigin: Pattern?

    public init(
        storage: any Queryable, engine: QueryEngine, workers: WorkerThreads, registry: Registry,
        logger: Logger
    ) {
        self.storage = storage
        self.engine = engine
        self.workers = workers
        self.registry = registry
        self.logger = logger
    }
}

/// Whether requests that need data are answered.
public enum Readiness: Sendable {
    case starting
    case ready
    case stopping
}

/// Bounds on what one request may ask for. Times in milliseconds.
public struct QueryLimits: Sendable {
    /// How far back an instant selector looks.
    public var lookback: Int64 = 5 * 60_000
    /// The longest a query may wait and run.
    public var timeout: Int64 = 2 * 60_000
    /// How many queries run at once: the number of the worker threads, for `/metrics`.
    public var concurrency = 20
    /// The most steps of a range query.
    public var stepsMax: Int64 = 11_000
    /// The longest form by POST, bytes.
    public var formBytesMax = 10 << 20
    /// The most samples of one remote read; 0 is no bound.
    public var remoteReadSamplesMax = 50_000_000
    /// The most remote reads at once; 0 is no bound.
    public var remoteReadConcurrency = 10
    /// The longest answer that is whole in memory, bytes, before compression: all but those to queries.
    public var answerBytesMax = 256 << 20

    public init() {}
}

/// What `/api/v1/status/buildinfo`, `/version` and `prometheus_build_info` tell.
public struct BuildInformation: Sendable {
    public var version = "0.1.0"
    public var revision = ""
    public var branch = ""
    public var user = ""
    public var date = ""
    /// The compiler, where Prometheus tells Go's version.
    public var compiler = "swift6"

    public init() {}
}

/// What `/api/v1/status/runtimeinfo` tells beyond what the process knows of itself.
public struct RuntimeInformation: Sendable {
    /// Milliseconds since 1970.
    public var startTime: Timestamp = 0
    public var isReloadSuccessful = true
    /// When the configuration was last loaded with success, milliseconds since 1970.
    public var lastConfigurationTime: Timestamp = 0
    public var corruptionCount = 0
    /// For instance "15d" or "15d or 1GB".
    public var storageRetention = ""

    public init() {}
}

/// Something that the operator should know, shown by the pages.
public struct Notification: Sendable, Equatable {
    public var text: String
    /// Milliseconds since 1970.
    public var date: Timestamp
    public var isActive: Bool

    public init(text: String, date: Timestamp, isActive: Bool = true) {
        self.text = text
        self.date = date
        self.isActive = isActive
    }
}

/// What is asked of the scrape service.
public struct ScrapeView: Sendable {
    public var targets: @Sendable () -> [TargetStatus]
    public var droppedTargets: @Sendable () -> [DroppedTarget]
    public var droppedTargetCounts: @Sendable () -> [String: Int]
    /// Ascending.
    public var pools: @Sendable () -> [String]
    public var metadata: @Sendable () -> [TargetMetadata]
    public var configuration: @Sendable (_ pool: String) -> ScrapeConfiguration?

    /// No targets.
    public init() {
        targets = { [] }
        droppedTargets = { [] }
        droppedTargetCounts = { [:] }
        pools = { [] }
        metadata = { [] }
        configuration = { _ in nil }
    }

    public init(_ service: ScrapeService) {
        targets = { service.targets() }
        droppedTargets = { service.droppedTargets() }
        droppedTargetCounts = { service.droppedTargetCounts() }
        pools = { service.scrapePools() }
        metadata = { service.metadata() }
        configuration = { service.configuration(of: $0) }
    }
}
