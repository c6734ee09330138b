import NIOCore
import WebClient

/// Target groups from an HTTP server, as JSON.
struct HTTPDiscoverer: Discoverer {
    private let settings: HTTPDiscoverySettings
    private let client: OutgoingClient

    var interval: Int64 { max(settings.refreshInterval, 100) }
    var name: String { "http " + settings.url }

    /// - Throws: `WebClientError`.
    init(_ settings: HTTPDiscoverySettings, _ services: DiscoveryServices) throws {
        self.settings = settings
        client = try OutgoingClient(settings.client, userAgent: services.options.userAgent)
    }

    func look() async throws -> [TargetGroup]? {
        var request = OutgoingRequest(url: settings.url)
        request.headers = [
            ("Accept", "application/json"),
            ("X-Prometheus-Refresh-Interval-Seconds", "\(Double(settings.refreshInterval) / 1000)"),
        ]
        request.timeout = settings.refreshInterval
        request.bodySizeLimit = 1 << 28
        let response = try await client.send(request)
        guard response.status == 200 else {
            throw ScrapingError(
                .discovery, "server returned HTTP status \(response.status) \(response.reason)")
        }
        let type = (response.header("content-type") ?? "").prefix { $0 != ";" }.filter { $0 != " " }
            .lowercased()
        guard type == "application/json" else {
            throw ScrapingError(
                .discovery, "cannot read an answer of the type \"\(type)\", want application/json")
        }
        var groups = try TargetGroupText.read(Array(buffer: response.body), source: settings.url)
        for index in groups.indices { groups[index].labels["__meta_url"] = settings.url }
        return groups
    }
}
