import Platform

/// Targets from DNS records.
struct DNSDiscoverer: Discoverer {
    private let settings: DNSDiscoverySettings
    private let services: DiscoveryServices
    private var last: [String: TargetGroup] = [:]

    var interval: Int64 { max(settings.refreshInterval, 100) }
    var name: String { "dns " + settings.names.joined(separator: ", ") }

    init(_ settings: DNSDiscoverySettings, _ services: DiscoveryServices) {
        self.settings = settings
        self.services = services
    }

    mutating func look() async throws -> [TargetGroup]? {
        var firstError: (any Error)?
        for name in settings.names {
            do {
                let records = try await services.workers.run { [settings, services] _ in
                    try DNSResolver(servers: services.options.nameServers ?? DNSResolver.systemServers())
                        .records(
                            of: name, type: settings.type)
                }
                last[name] = Self.group(records, name: name, port: settings.port)
            } catch {
                // A name that does not answer keeps its targets; the others go on.
                firstError = firstError ?? error
            }
        }
        if let firstError, last.isEmpty { throw firstError }
        return settings.names.compactMap { last[$0] }
    }

    static func group(_ records: [DNSRecord], name: String, port: Int) -> TargetGroup {
        var targets: [[String: String]] = []
        for record in records {
            var labels = ["__meta_dns_name": name]
            func address(_ host: String, _ port: Int) -> String {
                var host = Substring(host)
                if host.hasSuffix(".") { host = host.dropLast() }
                return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
            }
            switch record {
            case .address(let host): labels["__address__"] = address(host, port)
            case .mail(let host):
                labels["__address__"] = address(host, port)
                labels["__meta_dns_mx_record_target"] = host
            case .nameServer(let host):
                labels["__address__"] = address(host, port)
                labels["__meta_dns_ns_record_target"] = host
            case .service(let host, let servicePort):
                labels["__address__"] = address(host, servicePort)
                labels["__meta_dns_srv_record_target"] = host
                labels["__meta_dns_srv_record_port"] = String(servicePort)
            }
            targets.append(labels)
        }
        return TargetGroup(targets: targets, source: name)
    }
}
