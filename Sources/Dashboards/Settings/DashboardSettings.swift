/// What the operator decides, named as in the original's grafana.ini; `GF_<SECTION>_<KEY>` in the
/// environment wins over the file.
public struct DashboardSettings: Sendable, Equatable {
    // [server]
    public var httpAddress = ""
    public var httpPort = 3000
    public var domain = "localhost"
    /// `protocol` is https.
    public var usesTLS = false
    /// PEM files for ``usesTLS``.
    public var certificateFile = ""
    public var keyFile = ""
    /// Where people reach the server, with a trailing slash; "" when it is not known.
    public var rootURL = "" {
        didSet { basePath = DashboardSettings.basePath(of: rootURL) }
    }
    /// The path of ``rootURL`` without a slash at its end: what all addresses begin with as browsers see them. Often "".
    public private(set) var basePath = ""
    /// Whether requests come with the path of ``rootURL``, as no proxy has taken it away.
    public var servesFromSubPath = false
    // [paths]
    public var dataPath = "data"
    public var provisioningPath = "conf/provisioning"
    // [security]
    public var adminUser = "admin"
    /// nil when nobody has set one: then one is made at the first start.
    public var adminPassword: String?
    public var cookieSecure = false
    public var cookieSameSite = "lax"
    public var allowEmbedding = false
    public var trustedOrigins: [String] = []
    // [users]
    public var allowSignUp = false
    public var autoAssignRole = Role.viewer
    public var defaultTheme = "dark"
    public var homePage = ""
    // [auth]
    public var cookieName = "grafana_session"
    public var disableLoginForm = false
    public var login = LoginPolicy()
    // [auth.anonymous]
    public var anonymousRole: Role?
    public var hidesVersion = false
    // [auth.basic]
    public var allowsBasicAuth = true
    // [dashboards]
    public var versionsToKeep = 20
    public var minRefreshInterval = "5s"
    public var homeDashboardPath = ""
    // [dataproxy]
    /// Seconds.
    public var proxyTimeout = 30
    // [unified_alerting]
    public var alerting = AlertingSettings()
    // [smtp]
    public var mail = MailSettings()
    // [metrics]
    public var servesMetrics = true

    public init() {}

    /// Where people reach the server as far as we know, for links in what is sent to them; with a slash at its end.
    public var publicURL: String {
        rootURL.isEmpty ? "\(usesTLS ? "https" : "http")://\(domain):\(httpPort)/" : rootURL
    }

    private static func basePath(of rootURL: String) -> String {
        guard let host = rootURL.firstRange(of: "://")?.upperBound,
            let start = rootURL[host...].firstIndex(of: "/")
        else { return "" }
        var path = rootURL[start...].prefix { $0 != "?" && $0 != "#" }
        while path.hasSuffix("/") { path.removeLast() }
        return String(path)
    }

    /// The address that a browser must ask for.
    ///
    /// - Parameter path: a path of ours, or what a browser sent back, which may have the base path already.
    public func address(_ path: String) -> String {
        basePath.isEmpty || path == basePath || path.hasPrefix(basePath + "/") ? path : basePath + path
    }

    public static func == (a: DashboardSettings, b: DashboardSettings) -> Bool {
        String(describing: a) == String(describing: b)
    }
}
