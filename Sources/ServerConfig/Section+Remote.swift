import MetricModel
import WebClient

extension Section {
    /// One entry of `remote_write`.
    func remoteWrite(
        _ validation: NameValidation, _ directory: String, warnings: inout [String]
    ) throws(ConfigurationError) -> RemoteWriteSettings {
        let url = try remoteURL("remote_write")
        var result = RemoteWriteSettings(url: url)
        result.name = try string("name") ?? ""
        if let timeout = try duration("remote_timeout") { result.timeout = timeout }
        result.headers = try headers(
            reason: "the authorization header has sections of its own: basic_auth, authorization, oauth2")
        result.relabelRules = try relabelRules(
            "write_relabel_configs", what: "relabeling rule of remote_write", validation: validation)
        result.sendExemplars = try bool("send_exemplars") ?? false
        result.sendNativeHistograms = try bool("send_native_histograms") ?? false
        result.roundRobinDNS = try bool("round_robin_dns") ?? false
        result.logFailedRequests = try bool("failed_request_logging") ?? false
        if let text = try string("protobuf_message") {
            guard let message = RemoteWriteSettings.Message(rawValue: text) else {
                let known = RemoteWriteSettings.Message.allCases.map(\.rawValue).joined(separator: ", ")
                throw error(
                    .invalidValue, "unknown message \(text), want one of \(known)",
                    at: "protobuf_message")
            }
            result.message = message
        }
        var defaults = HTTPClientSettings()
        defaults.enableHTTP2 = false
        result.client = try httpClient(directory, defaults: defaults)
        if let queue = try section("queue_config") { try queue.readQueue(into: &result) }
        if let metadata = try section("metadata_config") {
            if let sends = try metadata.bool("send") { result.sendsMetadata = sends }
            if let interval = try metadata.duration("send_interval") { result.metadataInterval = interval }
            if let limit = try metadata.integer("max_samples_per_send") {
                result.maximumMetadataPerSend = limit
            }
            try metadata.finish()
        }
        try checkLogins(result.client, &warnings)
        try finish()
        return result
    }

    private func readQueue(into result: inout RemoteWriteSettings) throws(ConfigurationError) {
        if let value = try integer("capacity") { result.capacity = value }
        if let value = try integer("max_shards") { result.maximumShards = value }
        if let value = try integer("min_shards") { result.minimumShards = value }
        if let value = try integer("max_samples_per_send") { result.maximumSamplesPerSend = value }
        if let value = try duration("batch_send_deadline") { result.batchSendDeadline = value }
        if let value = try duration("min_backoff") { result.minimumBackoff = value }
        if let value = try duration("max_backoff") { result.maximumBackoff = value }
        if let value = try bool("retry_on_http_429") { result.retriesOnRateLimit = value }
        if let value = try duration("sample_age_limit") { result.sampleAgeLimit = value }
        try finish()
        for (name, value) in [
            ("max_shards", result.maximumShards), ("min_shards", result.minimumShards),
            ("max_samples_per_send", result.maximumSamplesPerSend), ("capacity", result.capacity),
        ] where value <= 0 {
            throw error(.invalidValue, "\(name) must be more than 0", at: name)
        }
        if result.minimumShards > result.maximumShards {
            throw error(.conflict, "min_shards is more than max_shards", at: "min_shards")
        }
        if result.maximumBackoff < result.minimumBackoff {
            throw error(.conflict, "max_backoff is less than min_backoff", at: "max_backoff")
        }
    }

    private func checkLogins(_ client: HTTPClientSettings, _ warnings: inout [String])
        throws(ConfigurationError)
    {
        var logins: [String] = []
        if client.basicAuth != nil { logins.append("basic_auth") }
        if client.authorization != nil { logins.append("authorization") }
        if client.oauth2 != nil { logins.append("oauth2") }
        if try signature() { logins.append("sigv4") }
        for name in ["azuread", "google_iam"] where has(name) {
            _ = value(name)
            logins.append(name)
        }
        if logins.count > 1 {
            throw error(
                .conflict, "got the logins \(logins.joined(separator: ", ")), want one",
                at: logins.last)
        }
        if let login = logins.first, ["sigv4", "azuread", "google_iam"].contains(login) {
            warnings.append("\(file):\(line): \(login) is not supported: requests will be sent without it")
        }
    }

    /// One entry of `remote_read`.
    func remoteRead(_ directory: String) throws(ConfigurationError) -> RemoteReadSettings {
        var result = RemoteReadSettings(url: try remoteURL("remote_read"))
        result.name = try string("name") ?? ""
        if let timeout = try duration("remote_timeout") { result.timeout = timeout }
        if let limit = try count("chunked_read_limit") { result.chunkedReadLimit = UInt64(limit) }
        result.headers = try headers(
            reason: "the authorization header has sections of its own: basic_auth, authorization, oauth2")
        result.readRecent = try bool("read_recent") ?? false
        result.requiredMatchers = try stringMap("required_matchers") ?? [:]
        if let filters = try bool("filter_external_labels") { result.filterExternalLabels = filters }
        result.client = try httpClient(directory)
        try finish()
        return result
    }

    private func remoteURL(_ what: String) throws(ConfigurationError) -> String {
        let url = try string("url") ?? ""
        guard !url.isEmpty else { throw error(.missingField, "\(what) needs a url", at: "url") }
        return url
    }

    /// Own headers of requests, without those that the client sets itself.
    ///
    /// - Parameter reason: what is said about `authorization`.
    func headers(reason: String) throws(ConfigurationError) -> [String: String] {
        let reserved: Set<String> = [
            "host", "content-encoding", "content-length", "content-type", "user-agent", "connection",
            "keep-alive",
            "proxy-authenticate", "proxy-authorization", "www-authenticate", "accept-encoding",
            "x-prometheus-remote-write-version", "x-prometheus-remote-read-version", "x-amz-date",
            "x-amz-security-token",
            "x-amz-content-sha256",
        ]
        let headers = try stringMap("headers") ?? [:]
        for name in headers.keys.sorted() {
            if name.lowercased() == "authorization" { throw error(.conflict, reason, at: "headers") }
            if reserved.contains(name.lowercased()) {
                throw error(
                    .conflict, "cannot set the header \(name): the client sets it itself", at: "headers")
            }
        }
        return headers
    }
}
