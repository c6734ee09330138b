public import JSON

/// Where dashboards' queries go.
public struct DataSource: Sendable, Equatable {
    /// The data source of this program: answered without a network hop.
    public static let builtInUID = "martlet"
    public static let builtInName = "Prometheus"

    public var id: Int64 = 0
    public var uid: String
    public var name: String
    /// The original's plugin id, for instance "prometheus".
    public var type: String
    public var access = "proxy"
    public var url: String
    public var user = ""
    public var database = ""
    public var basicAuth = false
    public var basicAuthUser = ""
    public var withCredentials = false
    public var isDefault = false
    /// Provisioned or built in: not changed by the API.
    public var isReadOnly = false
    public var version: Int64 = 1
    public var created: Int64 = 0
    public var updated: Int64 = 0
    /// Settings that are no secrets, kept as they came.
    public var settings: JSONObject
    /// Names of the secrets that are set.
    public var secretNames: [String] = []

    public init(uid: String, name: String, type: String, url: String, settings: JSONObject = [:]) {
        self.uid = uid
        self.name = name
        self.type = type
        self.url = url
        self.settings = settings
    }

    public var isBuiltIn: Bool { uid == DataSource.builtInUID }

    /// The scrape interval that the settings name, for instance "15s".
    public var timeInterval: String? {
        settings.text("timeInterval").flatMap { $0.isEmpty ? nil : $0 }
    }
}
