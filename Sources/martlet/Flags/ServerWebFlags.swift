import ArgumentParser
import MetricModel
import RemoteStorage
import WebServer

/// What `martlet server` serves, and to whom.
struct ServerWebFlags: ParsableArguments {
    @Option(name: .customLong("web.config.file"), help: "Path to a file that enables TLS or authentication.")
    var configFile = ""

    @Option(name: .customLong("web.read-timeout"), help: "How long a connection may be idle.")
    var readTimeout = DurationFlag(300_000)

    @Option(name: .customLong("web.max-connections"), help: "Maximum number of simultaneous connections.")
    var connectionsMax = 512

    @Option(
        name: .customLong("web.max-notifications-subscribers"),
        help: "Limits the maximum number of subscribers that can concurrently receive live notifications.")
    var subscribersMax = 16

    @Option(
        name: .customLong("web.external-url"),
        help: "The URL under which the server is reachable from outside.")
    var externalURL = ""

    @Option(
        name: .customLong("web.route-prefix"),
        help: "Prefix for the internal routes of web endpoints. (default: the path of --web.external-url)")
    var routePrefix: String?

    @Option(name: .customLong("web.page-title"), help: "Document title of the pages.")
    var pageTitle = "Martlet"

    @Option(name: .customLong("web.cors.origin"), help: "Regex for CORS origin. It is fully anchored.")
    var crossOrigin = PatternFlag(".*")

    @Flag(
        name: .customLong("web.enable-lifecycle"), inversion: .prefixedNo,
        help: "Enable shutdown and reload via HTTP request.")
    var enableLifecycle = false

    @Flag(
        name: .customLong("web.enable-admin-api"), inversion: .prefixedNo,
        help: "Enable API endpoints for admin control actions.")
    var enableAdminAPI = false

    @Flag(
        name: .customLong("web.enable-remote-write-receiver"), inversion: .prefixedNo,
        help: "Enable the API endpoint that accepts remote write requests.")
    var enableRemoteWriteReceiver = false

    @Option(
        name: .customLong("web.remote-write-receiver.accepted-protobuf-messages"), parsing: .singleValue,
        help: "The remote write messages to accept. Can be repeated. (default: prometheus.WriteRequest)")
    var acceptedMessages: [RemoteWriteMessageFlag] = []

    /// What `--web.remote-write-receiver.accepted-protobuf-messages` lists.
    var messages: Set<RemoteWriteMessage> {
        Set(
            (acceptedMessages.isEmpty ? [.version1] : acceptedMessages).compactMap {
                RemoteWriteMessage(rawValue: $0.rawValue)
            })
    }

    func validate() throws {
        guard (1...100_000).contains(connectionsMax) else {
            throw ValidationError("--web.max-connections: got \(connectionsMax), want 1 to 100000")
        }
        guard (0...100_000).contains(subscribersMax) else {
            throw ValidationError(
                "--web.max-notifications-subscribers: got \(subscribersMax), want 0 to 100000")
        }
        guard readTimeout.milliseconds > 0 else {
            throw ValidationError("--web.read-timeout: got \(readTimeout), want more than 0")
        }
        let isURL =
            externalURL.hasPrefix("http://") || externalURL.hasPrefix("https://")
            || !externalURL.contains("://")
        guard isURL else {
            throw ValidationError("--web.external-url: got \(externalURL), want a URL of http or https")
        }
    }
}

/// One kind of remote write message.
enum RemoteWriteMessageFlag: String, ExpressibleByArgument, CaseIterable {
    case version1 = "prometheus.WriteRequest"
    case version2 = "io.prometheus.write.v2.Request"
}

/// A regular expression, anchored at both ends.
struct PatternFlag: ExpressibleByArgument {
    let pattern: Pattern?
    let text: String

    /// - Parameter text: a pattern that is known to be good.
    init(_ text: String) {
        self.text = text
        pattern = try? Pattern(text)
    }

    init?(argument: String) {
        guard let pattern = try? Pattern(argument) else { return nil }
        self.pattern = pattern
        text = argument
    }

    var defaultValueDescription: String { text }
}
