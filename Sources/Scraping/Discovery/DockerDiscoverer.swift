import JSON
import NIOCore
import WebClient

/// Containers of a Docker daemon and their ports.
struct DockerDiscoverer: Discoverer {
    private let settings: DockerDiscoverySettings
    private let client: OutgoingClient
    private let base: String

    var interval: Int64 { max(settings.refreshInterval, 100) }
    var name: String { "docker " + settings.host }

    /// - Throws: `WebClientError`.
    init(_ settings: DockerDiscoverySettings, _ services: DiscoveryServices) throws {
        self.settings = settings
        client = try OutgoingClient(settings.client, userAgent: services.options.userAgent)
        if settings.host.hasPrefix("unix://") {
            var path = ""
            URLText.escape(String(settings.host.dropFirst("unix://".utf8.count)), keeping: "", to: &path)
            base = "http+unix://\(path)"
        } else if settings.host.hasPrefix("tcp://") {
            base = "http://" + settings.host.dropFirst("tcp://".utf8.count)
        } else {
            base = settings.host.hasSuffix("/") ? String(settings.host.dropLast()) : settings.host
        }
    }

    func look() async throws -> [TargetGroup]? {
        var path = "/containers/json"
        if !settings.filters.isEmpty {
            let filters = JSONValue.object(
                JSONObject(settings.filters.map { ($0.name, .array($0.values.map { .string($0) })) }))
            var text = ""
            URLText.escape(filters.text(), keeping: "", to: &text)
            path += "?filters=" + text
        }
        let containers = try await list(path)
        let networks = try await list("/networks")
        return [TargetGroup(targets: targets(containers, networks), source: "Docker")]
    }

    private func list(_ path: String) async throws -> [JSONValue] {
        var request = OutgoingRequest(url: base + path)
        request.timeout = settings.refreshInterval
        request.bodySizeLimit = 1 << 28
        let response = try await client.send(request)
        guard response.status == 200 else {
            throw ScrapingError(
                .discovery, "\(path): server returned HTTP status \(response.status) \(response.reason)")
        }
        guard let items = try JSONValue.parse(Array(buffer: response.body)).array else {
            throw ScrapingError(.discovery, "\(path): want a list")
        }
        return items
    }

    // MARK: - Labels

    private func targets(_ containers: [JSONValue], _ networks: [JSONValue]) -> [[String: String]] {
        let networkLabels = Dictionary(
            networks.map { ($0["Id"]?.string ?? "", labels(ofNetwork: $0)) },
            uniquingKeysWith: { first, _ in first })
        let byID = Dictionary(
            containers.map { ($0["Id"]?.string ?? "", $0) }, uniquingKeysWith: { first, _ in first })
        return containers.flatMap { targets(of: $0, byID, networkLabels) }
    }

    private func labels(ofNetwork network: JSONValue) -> [String: String] {
        let prefix = "__meta_docker_network_"
        var result = [
            prefix + "id": network["Id"]?.string ?? "", prefix + "name": network["Name"]?.string ?? "",
            prefix + "scope": network["Scope"]?.string ?? "",
            prefix + "internal": String(network["Internal"]?.bool ?? false),
            prefix + "ingress": String(network["Ingress"]?.bool ?? false),
        ]
        for (name, value) in network["Labels"]?.object?.members ?? [] {
            result[prefix + "label_" + Self.sanitized(name)] = value.string ?? ""
        }
        return result
    }

    private func targets(
        of container: JSONValue, _ byID: [String: JSONValue], _ networkLabels: [String: [String: String]]
    ) -> [[String: String]] {
        guard let name = container["Names"]?[0]?.string else { return [] }
        let mode = container["HostConfig"]?["NetworkMode"]?.string ?? ""
        let prefix = "__meta_docker_container_"
        var common = [
            prefix + "id": container["Id"]?.string ?? "", prefix + "name": name,
            prefix + "network_mode": mode,
            prefix + "image": container["Image"]?.string ?? "",
            prefix + "image_id": container["ImageID"]?.string ?? "",
        ]
        for (name, value) in container["Labels"]?.object?.members ?? [] {
            common[prefix + "label_" + Self.sanitized(name)] = value.string ?? ""
        }
        let ports = (container["Ports"]?.array ?? []).filter { $0["Type"]?.string == "tcp" }
        var result: [[String: String]] = []
        for network in endpoints(of: container, byID) {
            var address = network["IPAddress"]?.string ?? ""
            if address.isEmpty { address = network["GlobalIPv6Address"]?.string ?? "" }
            let own = networkLabels[network["NetworkID"]?.string ?? ""] ?? [:]
            func join(_ host: String, _ port: Int) -> String {
                host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
            }
            for port in ports {
                let privatePort = port["PrivatePort"]?.int ?? 0
                var labels = common.merging(own) { $1 }
                labels["__meta_docker_network_ip"] = address
                labels["__meta_docker_port_private"] = String(privatePort)
                if let publicPort = port["PublicPort"]?.int, publicPort > 0 {
                    labels["__meta_docker_port_public"] = String(publicPort)
                    labels["__meta_docker_port_public_ip"] = port["IP"]?.string ?? ""
                }
                labels["__address__"] = join(address, privatePort)
                result.append(labels)
            }
            if ports.isEmpty {
                var labels = common.merging(own) { $1 }
                labels["__meta_docker_network_ip"] = address
                // A container in the host's network has no address of its own, and the name of the host
                // may already carry a port.
                if mode == "host" {
                    labels["__address__"] = settings.hostNetworkingHost
                } else {
                    labels["__address__"] = join(address, settings.port)
                }
                result.append(labels)
            }
        }
        return result
    }

    /// The networks of a container, or those of the container whose network it shares.
    private func endpoints(of container: JSONValue, _ byID: [String: JSONValue]) -> [JSONValue] {
        var current = container
        var steps = 0
        while true {
            let networks = (current["NetworkSettings"]?["Networks"]?.object?.members ?? []).filter {
                !$0.value.isNull
            }
            .sorted { $0.name < $1.name }
            if !networks.isEmpty {
                return networks.prefix(settings.matchFirstNetwork ? 1 : networks.count).map(\.value)
            }
            let mode = current["HostConfig"]?["NetworkMode"]?.string ?? ""
            guard mode.hasPrefix("container:"),
                let next = byID[String(mode.dropFirst("container:".utf8.count))], steps < 16
            else { return [] }
            current = next
            steps += 1
        }
    }

    /// A label name in which everything that is not a letter, digit or underscore is an underscore.
    private static func sanitized(_ name: String) -> String {
        String(
            decoding: name.utf8.map { byte in
                let isLetter = (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
                let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
                return isLetter || isDigit || byte == UInt8(ascii: "_") ? byte : UInt8(ascii: "_")
            }, as: UTF8.self)
    }
}
