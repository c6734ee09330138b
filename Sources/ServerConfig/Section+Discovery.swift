import MetricModel
import Scraping
import WebClient

/// What was read from the discovery fields of a section.
struct DiscoveryRead {
    var settings: [DiscoverySettings] = []
    var warnings: [String] = []
}

extension Section {
    /// All fields `…_sd_configs` and `static_configs`.
    ///
    /// - Parameter refusesURLs: whether an address may not contain a slash.
    func discovery(_ directory: String, refusesURLs: Bool) throws(ConfigurationError) -> DiscoveryRead {
        var read = DiscoveryRead()
        for name in names where name == "static_configs" || name.hasSuffix("_sd_configs") {
            let kind = name.dropLast("_configs".utf8.count)
            guard name == "static_configs" || DiscoveryKind.all[String(kind)] != nil else { continue }
            let sections = try sections(name, nullMessage: "an empty entry in \(name)")
            if name == "static_configs" {
                var groups: [TargetGroup] = []
                for (index, section) in sections.enumerated() {
                    groups.append(try section.targetGroup(source: String(index), refusesURLs: refusesURLs))
                }
                read.settings.append(.fixed(groups))
                continue
            }
            for section in sections {
                switch name {
                case "file_sd_configs": read.settings.append(.file(try section.fileDiscovery(directory)))
                case "http_sd_configs": read.settings.append(.http(try section.httpDiscovery(directory)))
                case "dns_sd_configs": read.settings.append(.dns(try section.dnsDiscovery()))
                case "docker_sd_configs":
                    read.settings.append(.docker(try section.dockerDiscovery(directory)))
                default:
                    try section.checkDiscovery(String(kind), directory)
                    read.settings.append(.unsupported(String(kind)))
                    read.warnings.append(
                        "\(section.file):\(section.line): \(name) is not supported: it will find no targets")
                }
            }
        }
        return read
    }

    /// A group with its addresses and labels.
    func targetGroup(source: String, refusesURLs: Bool) throws(ConfigurationError) -> TargetGroup {
        let addresses = try strings("targets") ?? []
        let labels = try stringMap("labels") ?? [:]
        try finish()
        for name in labels.keys.sorted() where name.isEmpty {
            throw error(.invalidValue, "\(LabelText.quoted(name)) is not a valid label name", at: "labels")
        }
        if refusesURLs, let url = addresses.first(where: { $0.utf8.contains(UInt8(ascii: "/")) }) {
            throw error(.invalidValue, "\(LabelText.quoted(url)) is not a valid hostname", at: "targets")
        }
        return TargetGroup(addresses: addresses, labels: labels, source: source)
    }

    private func fileDiscovery(_ directory: String) throws(ConfigurationError) -> FileDiscoverySettings {
        let files = try strings("files") ?? []
        var result = FileDiscoverySettings(files: files.map { $0.joined(to: directory) })
        if let interval = try duration("refresh_interval") { result.refreshInterval = interval }
        try finish()
        if files.isEmpty {
            throw error(.missingField, "file discovery needs at least one path", at: "files")
        }
        for file in files {
            let isKnown = [".json", ".yml", ".yaml", ".JSON", ".YML", ".YAML"].contains { file.hasSuffix($0) }
            let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            let starCount = file.utf8.count { $0 == UInt8(ascii: "*") }
            guard isKnown, starCount <= 1, !folder.contains(where: { $0.contains("*") }) else {
                throw error(
                    .invalidValue,
                    "cannot use the path \(LabelText.quoted(file)): want .json, .yml or .yaml, and at most one * in the last element",
                    at: "files")
            }
        }
        return result
    }

    private func httpDiscovery(_ directory: String) throws(ConfigurationError) -> HTTPDiscoverySettings {
        var result = HTTPDiscoverySettings(url: try httpURL("url"))
        if let interval = try duration("refresh_interval") { result.refreshInterval = interval }
        result.client = try httpClient(directory)
        try finish()
        return result
    }

    private func dnsDiscovery() throws(ConfigurationError) -> DNSDiscoverySettings {
        var result = DNSDiscoverySettings(names: try strings("names") ?? [])
        if let interval = try duration("refresh_interval") { result.refreshInterval = interval }
        if let text = try string("type"), !text.isEmpty {
            guard let type = DNSDiscoverySettings.RecordType(rawValue: text.uppercased()) else {
                throw error(
                    .invalidValue, "unknown DNS record type \(text), want A, AAAA, MX, NS or SRV", at: "type")
            }
            result.type = type
        }
        result.port = try count("port") ?? 0
        try finish()
        if result.names.isEmpty {
            throw error(.missingField, "DNS discovery needs at least one name", at: "names")
        }
        if result.type != .srv, result.port == 0 {
            throw error(.missingField, "a port is needed for all record types but SRV", at: "port")
        }
        return result
    }

    private func dockerDiscovery(_ directory: String) throws(ConfigurationError) -> DockerDiscoverySettings {
        let host = try string("host") ?? ""
        guard !host.isEmpty else { throw error(.missingField, "host missing", at: "host") }
        guard host.contains("://") else {
            throw error(
                .invalidValue,
                "cannot use the host \(LabelText.quoted(host)): want unix:///path, tcp:// or http://",
                at: "host")
        }
        var result = DockerDiscoverySettings(host: host)
        if let port = try count("port") { result.port = port }
        for filter in try sections("filters", nullMessage: "an empty entry is no filter") {
            let name = try filter.string("name") ?? ""
            result.filters.append(.init(name: name, values: try filter.strings("values") ?? []))
            try filter.finish()
        }
        if let name = try string("host_networking_host") { result.hostNetworkingHost = name }
        if let first = try bool("match_first_network") { result.matchFirstNetwork = first }
        if let interval = try duration("refresh_interval") { result.refreshInterval = interval }
        result.client = try httpClient(directory)
        try finish()
        return result
    }

    /// An HTTP URL with a host.
    func httpURL(_ name: String) throws(ConfigurationError) -> String {
        let url = try string(name) ?? ""
        guard !url.isEmpty else { throw error(.missingField, "URL is missing", at: name) }
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw error(.invalidValue, "cannot use the URL: want http:// or https://", at: name)
        }
        let host = url.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "/" && $0 != "?" }
        guard !host.isEmpty else {
            throw error(.invalidValue, "cannot use the URL: it has no host", at: name)
        }
        return url
    }
}
