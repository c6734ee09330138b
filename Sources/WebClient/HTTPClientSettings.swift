/// How to talk to another HTTP server: the block that scrape jobs, discovery, Alertmanagers and remote
/// storages share. Names and defaults as in Prometheus' `<http_config>`.
public struct HTTPClientSettings: Sendable, Hashable {
    /// User name and password, each given or in a file that is read anew for every request.
    public struct BasicAuth: Sendable, Hashable {
        public var username = ""
        public var usernameFile = ""
        public var password = Secret("")
        public var passwordFile = ""

        public init() {}
    }

    /// The Authorization header: `type credentials`.
    public struct Authorization: Sendable, Hashable {
        public var type = "Bearer"
        public var credentials = Secret("")
        /// Read anew for every request.
        public var credentialsFile = ""

        public init() {}
    }

    /// A token from an OAuth 2.0 server.
    public struct OAuth2: Sendable, Hashable {
        public var clientID = ""
        public var clientSecret = Secret("")
        public var clientSecretFile = ""
        public var grantType = ""
        public var clientCertificateKeyID = ""
        public var clientCertificateKey = Secret("")
        public var clientCertificateKeyFile = ""
        public var signatureAlgorithm = ""
        public var issuer = ""
        public var audience = ""
        public var scopes: [String] = []
        public var tokenURL = ""
        public var endpointParameters: [String: String] = [:]
        public var tls = TLSSettings()
        public var proxy = ProxySettings()

        public init() {}
    }

    /// Values of one request header; files are read anew for every request.
    public struct Header: Sendable, Hashable {
        public var name: String
        public var values: [String] = []
        public var secrets: [Secret] = []
        public var files: [String] = []

        public init(name: String) {
            self.name = name
        }
    }

    public var basicAuth: BasicAuth?
    public var authorization: Authorization?
    public var oauth2: OAuth2?
    public var tls = TLSSettings()
    public var followRedirects = true
    public var enableHTTP2 = true
    public var proxy = ProxySettings()
    /// Ascending by name.
    public var headers: [Header] = []

    public init() {}
}

/// Certificates and versions. A certificate is given as PEM text or as a file, not both.
public struct TLSSettings: Sendable, Hashable {
    /// The versions that may be asked for, oldest first, by their names in the configuration.
    public enum Version: String, Sendable, CaseIterable {
        case tls10 = "TLS10"
        case tls11 = "TLS11"
        case tls12 = "TLS12"
        case tls13 = "TLS13"
    }

    public var authority = ""
    public var authorityFile = ""
    public var certificate = ""
    public var certificateFile = ""
    public var key = Secret("")
    public var keyFile = ""
    /// For SNI and the check of the certificate, instead of the host of the URL.
    public var serverName = ""
    public var insecureSkipVerify = false
    public var minimumVersion: Version?
    public var maximumVersion: Version?

    public init() {}
}

/// Through which proxy requests go.
public struct ProxySettings: Sendable, Hashable {
    /// Empty for none.
    public var url = ""
    /// Hosts, domains, addresses and networks that are reached directly, separated by commas.
    public var noProxy = ""
    /// Take the proxy from HTTP_PROXY, HTTPS_PROXY and NO_PROXY.
    public var fromEnvironment = false
    /// Sent with CONNECT, by header name.
    public var connectHeaders: [String: [Secret]] = [:]

    public init() {}
}
