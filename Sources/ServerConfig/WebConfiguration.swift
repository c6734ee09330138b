public import WebClient

/// What a web config file (`--web.config.file`) says: TLS, headers and users of our own listeners. Format
/// as in Prometheus' `docs/configuration/https.md`.
public struct WebConfiguration: Sendable, Equatable {
    /// Certificates and versions of a listener.
    public struct ServerTLS: Sendable, Equatable {
        public enum ClientAuthentication: String, Sendable, CaseIterable {
            case none = "NoClientCert"
            case request = "RequestClientCert"
            case requireAny = "RequireAnyClientCert"
            case verifyIfGiven = "VerifyClientCertIfGiven"
            case requireAndVerify = "RequireAndVerifyClientCert"
        }

        /// PEM text; empty when it is in a file.
        public var certificate = ""
        public var certificateFile = ""
        public var key = Secret("")
        public var keyFile = ""
        public var clientAuthentication = ClientAuthentication.none
        public var clientAuthorityFile = ""
        /// Names of which a client's certificate must carry one; empty for any.
        public var clientNames: [String] = []
        public var minimumVersion = TLSSettings.Version.tls12
        public var maximumVersion = TLSSettings.Version.tls13
        /// By their names in TLS 1.2, for instance `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`; empty for the
        /// standard ones.
        public var cipherSuites: [String] = []
        public var curves: [String] = []

        public init() {}
    }

    /// Nil: plain HTTP.
    public var tls: ServerTLS?
    public var enableHTTP2 = true
    /// Headers of every answer.
    public var headers: [String: String] = [:]
    /// bcrypt hashes of passwords by user name; empty when everybody may come in.
    public var users: [String: Secret] = [:]

    public init() {}

    /// Reads a web config file. Blocks on the disk. The file is read anew for every connection by
    /// Prometheus, so a caller should not keep the result for long.
    public static func load(_ path: String) throws(ConfigurationError) -> WebConfiguration {
        try parse(try Files.read(path), file: path)
    }

    /// The same from text.
    public static func parse(_ text: String, file: String = "") throws(ConfigurationError) -> WebConfiguration
    {
        let directory = file.isEmpty ? "" : Files.folder(of: file)
        let root = try YAMLValue.read(text, file: file) ?? YAMLValue(content: .null, line: 1)
        let section = try Section(root, path: "", file: file)
        var result = WebConfiguration()
        if let tls = try section.section("tls_server_config") { result.tls = try tls.serverTLS(directory) }
        if let http = try section.section("http_server_config") {
            result.enableHTTP2 = try http.bool("http2") ?? true
            result.headers = try http.answerHeaders()
            try http.finish()
        }
        if let users = try section.section("basic_auth_users") {
            for name in users.names {
                let hash = try users.string(name) ?? ""
                guard hash.hasPrefix("$2") else {
                    throw users.error(.invalidValue, "the password must be a bcrypt hash", at: name)
                }
                result.users[name] = Secret(hash)
            }
        }
        try section.finish()
        return result
    }
}

extension Section {
    fileprivate func serverTLS(_ directory: String) throws(ConfigurationError) -> WebConfiguration.ServerTLS {
        var tls = WebConfiguration.ServerTLS()
        tls.certificate = try string("cert") ?? ""
        tls.certificateFile = (try string("cert_file") ?? "").joined(to: directory)
        tls.key = Secret(try string("key") ?? "")
        tls.keyFile = (try string("key_file") ?? "").joined(to: directory)
        let authority = try string("client_ca") ?? ""
        tls.clientAuthorityFile = (try string("client_ca_file") ?? "").joined(to: directory)
        let newName = try string("client_auth_type")
        let oldName = try string("client_auth")
        if let text = newName ?? oldName, !text.isEmpty {
            let field = newName == nil ? "client_auth" : "client_auth_type"
            guard let kind = WebConfiguration.ServerTLS.ClientAuthentication(rawValue: text) else {
                throw error(.invalidValue, "unknown client authentication \"\(text)\"", at: field)
            }
            tls.clientAuthentication = kind
        }
        tls.clientNames = try strings("client_allowed_sans") ?? []
        if let version = try choice("min_version", TLSSettings.Version.self, "TLS version") {
            tls.minimumVersion = version
        }
        if let version = try choice("max_version", TLSSettings.Version.self, "TLS version") {
            tls.maximumVersion = version
        }
        tls.cipherSuites = try strings("cipher_suites") ?? []
        _ = try bool("prefer_server_cipher_suites")
        tls.curves = try strings("curve_preferences") ?? []
        try finish()
        if !tls.certificate.isEmpty, !tls.certificateFile.isEmpty {
            throw error(.conflict, "got both cert and cert_file, want one of them", at: "cert_file")
        }
        if !tls.key.isEmpty, !tls.keyFile.isEmpty {
            throw error(.conflict, "got both key and key_file, want one of them", at: "key_file")
        }
        if tls.certificate.isEmpty, tls.certificateFile.isEmpty {
            throw error(.missingField, "a TLS listener needs a cert or cert_file", at: "cert_file")
        }
        if tls.key.isEmpty, tls.keyFile.isEmpty {
            throw error(.missingField, "a TLS listener needs a key or key_file", at: "key_file")
        }
        let verifies =
            tls.clientAuthentication == .verifyIfGiven || tls.clientAuthentication == .requireAndVerify
        if verifies, tls.clientAuthorityFile.isEmpty, authority.isEmpty {
            throw error(.missingField, "checking clients needs a client_ca_file", at: "client_ca_file")
        }
        if !tls.clientAuthorityFile.isEmpty, tls.clientAuthentication == .none {
            throw error(
                .conflict, "client_ca_file has no effect while client_auth_type is NoClientCert",
                at: "client_ca_file")
        }
        return tls
    }

    fileprivate func answerHeaders() throws(ConfigurationError) -> [String: String] {
        guard let section = try section("headers") else { return [:] }
        let fixed: [String: [String]] = [
            "X-Frame-Options": ["", "deny", "sameorigin"], "X-Content-Type-Options": ["", "nosniff"],
        ]
        var result: [String: String] = [:]
        for name in [
            "Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options", "X-XSS-Protection",
            "Strict-Transport-Security",
        ] {
            guard let value = try section.string(name) else { continue }
            if let allowed = fixed[name], !allowed.contains(value.lowercased()) {
                throw section.error(.invalidValue, "cannot set \(name) to \"\(value)\"", at: name)
            }
            result[name] = value
        }
        try section.finish()
        return result
    }
}
