import WebClient

extension Section {
    /// The fields of the HTTP client, which stand among those of their section.
    ///
    /// - Parameter directory: where relative paths start.
    func httpClient(
        _ directory: String, defaults: HTTPClientSettings = HTTPClientSettings()
    ) throws(ConfigurationError) -> HTTPClientSettings {
        var client = defaults
        if let basic = try section("basic_auth") { client.basicAuth = try basic.basicAuth(directory) }
        if let authorization = try section("authorization") {
            client.authorization = try authorization.authorization(directory)
        }
        if let oauth2 = try section("oauth2") { client.oauth2 = try oauth2.oauth2(directory) }
        try readBearerToken(&client, directory)
        if let tls = try section("tls_config") { client.tls = try tls.tls(directory) }
        if let follows = try bool("follow_redirects") { client.followRedirects = follows }
        if let http2 = try bool("enable_http2") { client.enableHTTP2 = http2 }
        client.proxy = try proxy()
        if let headers = try section("http_headers") { client.headers = try headers.headers(directory) }
        return client
    }

    private func readBearerToken(_ client: inout HTTPClientSettings, _ directory: String)
        throws(ConfigurationError)
    {
        let token = try string("bearer_token") ?? ""
        let file = try string("bearer_token_file") ?? ""
        if !token.isEmpty, !file.isEmpty {
            throw error(
                .conflict, "got both bearer_token and bearer_token_file, want one of them",
                at: "bearer_token_file")
        }
        let hasToken = !token.isEmpty || !file.isEmpty
        let place = token.isEmpty ? "bearer_token_file" : "bearer_token"
        if hasToken, client.basicAuth != nil || client.oauth2 != nil {
            throw error(
                .conflict, "got a bearer token beside basic_auth or oauth2, want one login", at: place)
        }
        if hasToken, client.authorization != nil {
            throw error(.conflict, "got a bearer token beside authorization, want one login", at: place)
        }
        if client.authorization != nil, client.basicAuth != nil || client.oauth2 != nil {
            throw error(
                .conflict, "got more than one of basic_auth, oauth2 and authorization, want one login",
                at: "authorization")
        }
        if client.basicAuth != nil, client.oauth2 != nil {
            throw error(
                .conflict, "got more than one of basic_auth, oauth2 and authorization, want one login",
                at: "oauth2")
        }
        if hasToken {
            var authorization = HTTPClientSettings.Authorization()
            authorization.credentials = Secret(token)
            authorization.credentialsFile = file.joined(to: directory)
            client.authorization = authorization
        }
    }

    private func basicAuth(_ directory: String) throws(ConfigurationError) -> HTTPClientSettings.BasicAuth {
        var basic = HTTPClientSettings.BasicAuth()
        basic.username = try string("username") ?? ""
        basic.usernameFile = (try string("username_file") ?? "").joined(to: directory)
        basic.password = Secret(try string("password") ?? "")
        basic.passwordFile = (try string("password_file") ?? "").joined(to: directory)
        try finish()
        if !basic.username.isEmpty, !basic.usernameFile.isEmpty {
            throw error(
                .conflict, "got both username and username_file, want one of them", at: "username_file")
        }
        if !basic.password.isEmpty, !basic.passwordFile.isEmpty {
            throw error(
                .conflict, "got both password and password_file, want one of them", at: "password_file")
        }
        return basic
    }

    private func authorization(_ directory: String) throws(ConfigurationError)
        -> HTTPClientSettings.Authorization
    {
        var result = HTTPClientSettings.Authorization()
        let type = (try string("type") ?? "").filter { $0 != " " }
        if !type.isEmpty { result.type = type }
        result.credentials = Secret(try string("credentials") ?? "")
        result.credentialsFile = (try string("credentials_file") ?? "").joined(to: directory)
        try finish()
        if result.type.lowercased() == "basic" {
            throw error(
                .invalidValue, "cannot use the type \"basic\" here: want the section basic_auth for it",
                at: "type")
        }
        if !result.credentials.isEmpty, !result.credentialsFile.isEmpty {
            throw error(
                .conflict, "got both credentials and credentials_file, want one of them",
                at: "credentials_file")
        }
        return result
    }

    private func oauth2(_ directory: String) throws(ConfigurationError) -> HTTPClientSettings.OAuth2 {
        var result = HTTPClientSettings.OAuth2()
        result.clientID = try string("client_id") ?? ""
        result.clientSecret = Secret(try string("client_secret") ?? "")
        result.clientSecretFile = (try string("client_secret_file") ?? "").joined(to: directory)
        result.grantType = try string("grant_type") ?? ""
        result.clientCertificateKeyID = try string("client_certificate_key_id") ?? ""
        result.clientCertificateKey = Secret(try string("client_certificate_key") ?? "")
        result.clientCertificateKeyFile = (try string("client_certificate_key_file") ?? "").joined(
            to: directory)
        result.signatureAlgorithm = try string("signature_algorithm") ?? ""
        result.issuer = try string("iss") ?? ""
        result.audience = try string("audience") ?? ""
        _ = value("claims")
        result.scopes = try strings("scopes") ?? []
        result.tokenURL = try string("token_url") ?? ""
        result.endpointParameters = try stringMap("endpoint_params") ?? [:]
        if let tls = try section("tls_config") { result.tls = try tls.tls(directory) }
        result.proxy = try proxy()
        try finish()
        if result.clientID.isEmpty { throw error(.missingField, "oauth2 needs a client_id", at: "client_id") }
        if result.tokenURL.isEmpty { throw error(.missingField, "oauth2 needs a token_url", at: "token_url") }
        if result.grantType.hasSuffix(":jwt-bearer") {
            if !["", "RS256", "RS384", "RS512"].contains(result.signatureAlgorithm) {
                throw error(
                    .invalidValue, "unknown signature algorithm, want RS256, RS384 or RS512",
                    at: "signature_algorithm")
            }
        } else if !result.clientSecret.isEmpty, !result.clientSecretFile.isEmpty {
            throw error(
                .conflict, "got both client_secret and client_secret_file, want one of them",
                at: "client_secret_file")
        }
        return result
    }

    /// The fields of a TLS section.
    func tls(_ directory: String) throws(ConfigurationError) -> TLSSettings {
        var result = TLSSettings()
        result.authority = try string("ca") ?? ""
        result.authorityFile = (try string("ca_file") ?? "").joined(to: directory)
        result.certificate = try string("cert") ?? ""
        result.certificateFile = (try string("cert_file") ?? "").joined(to: directory)
        result.key = Secret(try string("key") ?? "")
        result.keyFile = (try string("key_file") ?? "").joined(to: directory)
        result.serverName = try string("server_name") ?? ""
        result.insecureSkipVerify = try bool("insecure_skip_verify") ?? false
        result.minimumVersion = try choice("min_version", TLSSettings.Version.self, "TLS version")
        result.maximumVersion = try choice("max_version", TLSSettings.Version.self, "TLS version")
        try finish()
        if !result.authority.isEmpty, !result.authorityFile.isEmpty {
            throw error(.conflict, "got both ca and ca_file, want one of them", at: "ca_file")
        }
        if !result.certificate.isEmpty, !result.certificateFile.isEmpty {
            throw error(.conflict, "got both cert and cert_file, want one of them", at: "cert_file")
        }
        if !result.key.isEmpty, !result.keyFile.isEmpty {
            throw error(.conflict, "got both key and key_file, want one of them", at: "key_file")
        }
        let hasCertificate = !result.certificate.isEmpty || !result.certificateFile.isEmpty
        let hasKey = !result.key.isEmpty || !result.keyFile.isEmpty
        if hasCertificate, !hasKey {
            throw error(.missingField, "a client certificate needs its key or key_file", at: "key_file")
        }
        if hasKey, !hasCertificate {
            throw error(.missingField, "a client key needs its cert or cert_file", at: "cert_file")
        }
        return result
    }

    private func proxy() throws(ConfigurationError) -> ProxySettings {
        var result = ProxySettings()
        result.url = try string("proxy_url") ?? ""
        result.noProxy = try string("no_proxy") ?? ""
        result.fromEnvironment = try bool("proxy_from_environment") ?? false
        if let headers = try section("proxy_connect_header") {
            for name in headers.names {
                result.connectHeaders[name] = (try headers.strings(name) ?? []).map { Secret($0) }
            }
        }
        if !result.connectHeaders.isEmpty, result.url.isEmpty, !result.fromEnvironment {
            throw error(
                .conflict, "proxy_connect_header needs a proxy_url or proxy_from_environment",
                at: "proxy_connect_header")
        }
        if result.fromEnvironment, !result.url.isEmpty {
            throw error(
                .conflict, "got both proxy_from_environment and proxy_url, want one of them", at: "proxy_url")
        }
        if result.fromEnvironment, !result.noProxy.isEmpty {
            throw error(
                .conflict, "no_proxy has no place beside proxy_from_environment, which brings its own",
                at: "no_proxy")
        }
        if !result.noProxy.isEmpty, result.url.isEmpty {
            throw error(.conflict, "no_proxy needs a proxy_url", at: "no_proxy")
        }
        return result
    }

    private func headers(_ directory: String) throws(ConfigurationError) -> [HTTPClientSettings.Header] {
        /// Set by the client itself.
        let reserved: Set<String> = [
            "authorization", "host", "content-encoding", "content-length", "content-type", "user-agent",
            "connection",
            "keep-alive", "proxy-authenticate", "proxy-authorization", "www-authenticate", "accept-encoding",
            "x-prometheus-remote-write-version", "x-prometheus-remote-read-version",
            "x-prometheus-scrape-timeout-seconds",
            "x-amz-date", "x-amz-security-token", "x-amz-content-sha256",
        ]
        var result: [HTTPClientSettings.Header] = []
        for name in names.sorted() {
            guard let section = try section(name) else { continue }
            if reserved.contains(name.lowercased()) {
                throw error(
                    .invalidValue, "cannot set the header \"\(name)\": the client sets it itself", at: name)
            }
            var header = HTTPClientSettings.Header(name: name)
            header.values = try section.strings("values") ?? []
            header.secrets = (try section.strings("secrets") ?? []).map { Secret($0) }
            header.files = (try section.strings("files") ?? []).map { $0.joined(to: directory) }
            try section.finish()
            result.append(header)
        }
        return result
    }
}

extension String {
    /// A path below a folder, unless it is absolute or empty.
    func joined(to directory: String) -> String {
        isEmpty || hasPrefix("/") || directory.isEmpty ? self : directory + "/" + self
    }
}
