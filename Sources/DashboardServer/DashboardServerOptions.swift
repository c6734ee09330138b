public import Dashboards
public import HTTPTypes
public import Instruments
public import Logging
public import NIOCore

/// A request for a data source, without its address.
public struct DataSourceRequest: Sendable {
    public var method: HTTPRequest.Method
    /// Below the data source's URL, with its query: "/api/v1/query?query=up".
    public var path: String
    public var headers: HTTPFields
    public var body: ByteBuffer

    public init(
        method: HTTPRequest.Method, path: String, headers: HTTPFields = [:],
        body: ByteBuffer = ByteBuffer()
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
    }
}

/// What a data source answered.
public struct DataSourceResponse: Sendable {
    public var status: HTTPResponse.Status
    public var headers: HTTPFields
    public var body: ByteBuffer

    public init(status: HTTPResponse.Status, headers: HTTPFields, body: ByteBuffer) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Answers requests for the built-in data source without a network hop.
public typealias BuiltInDataSource =
    @Sendable (DataSourceRequest) async throws -> DataSourceResponse

/// What the wiring decides about the dashboards role.
public struct DashboardServerOptions: Sendable {
    public var settings: DashboardSettings
    /// The database's file; its folder must be there.
    public var databasePath: String
    /// nil when the program runs no Prometheus server of its own; then no data source is seeded.
    public var builtInDataSource: BuiltInDataSource?
    /// Shown as the built-in data source's URL.
    public var builtInURL: String
    /// The role's own metrics.
    public var registry: Registry
    public var logger: Logger
    /// The program's version, for instance "0.1.0".
    public var version: String
    public var commit: String
    /// Whether only this machine can connect; strangers' Host names are refused then.
    public var isLoopback: Bool

    public init(
        settings: DashboardSettings, databasePath: String, builtInDataSource: BuiltInDataSource? = nil,
        builtInURL: String = "http://localhost:9090", registry: Registry, logger: Logger,
        version: String = "0.1.0", commit: String = "", isLoopback: Bool = true
    ) {
        self.settings = settings
        self.databasePath = databasePath
        self.builtInDataSource = builtInDataSource
        self.builtInURL = builtInURL
        self.registry = registry
        self.logger = logger
        self.version = version
        self.commit = commit
        self.isLoopback = isLoopback
    }
}
