public import WebClient

/// One way in which the targets of a job are found.
public enum DiscoverySettings: Sendable, Equatable {
    /// `static_configs`.
    case fixed([TargetGroup])
    case file(FileDiscoverySettings)
    case http(HTTPDiscoverySettings)
    case dns(DNSDiscoverySettings)
    case docker(DockerDiscoverySettings)
    /// A kind that is read and checked, but finds nothing: its name in the configuration.
    case unsupported(String)
}

/// `file_sd_configs`.
public struct FileDiscoverySettings: Sendable, Equatable {
    /// Paths, absolute; `*` in the last element only.
    public var files: [String]
    /// Milliseconds between looks at the files when nothing says that they changed.
    public var refreshInterval: Int64 = 300_000

    public init(files: [String]) {
        self.files = files
    }
}

/// `http_sd_configs`.
public struct HTTPDiscoverySettings: Sendable, Equatable {
    public var url: String
    /// Milliseconds.
    public var refreshInterval: Int64 = 60_000
    public var client = HTTPClientSettings()

    public init(url: String) {
        self.url = url
    }
}

/// `dns_sd_configs`.
public struct DNSDiscoverySettings: Sendable, Equatable {
    public enum RecordType: String, Sendable, CaseIterable {
        case a = "A"
        case aaaa = "AAAA"
        case mx = "MX"
        case ns = "NS"
        case srv = "SRV"
    }

    public var names: [String]
    public var type = RecordType.srv
    /// Not for SRV, whose records carry it.
    public var port = 0
    /// Milliseconds.
    public var refreshInterval: Int64 = 30_000

    public init(names: [String]) {
        self.names = names
    }
}

/// `docker_sd_configs`.
public struct DockerDiscoverySettings: Sendable, Equatable {
    public struct Filter: Sendable, Equatable {
        public var name: String
        public var values: [String]

        public init(name: String, values: [String]) {
            self.name = name
            self.values = values
        }
    }

    /// `unix:///path`, `tcp://host:port` or an HTTP URL.
    public var host: String
    /// For containers that expose no port.
    public var port = 80
    public var filters: [Filter] = []
    /// The address of containers in the host's network.
    public var hostNetworkingHost = "localhost"
    /// Only the first network of a container.
    public var matchFirstNetwork = true
    /// Milliseconds.
    public var refreshInterval: Int64 = 60_000
    public var client = HTTPClientSettings()

    public init(host: String) {
        self.host = host
    }
}
