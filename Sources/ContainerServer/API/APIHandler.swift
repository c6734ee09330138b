import ContainerStats
import Hummingbird
import JSON
import NIOCore
import WebServer

/// Answers below `/api/`: versions 1.0 to 1.3 and 2.0 to 2.1 of cAdvisor's interface.
struct APIHandler: Sendable {
    /// The versions with the kinds of request that each knows.
    static let versions: [(name: String, kinds: [String])] = {
        let v10 = ["containers", "machine"]
        let v11 = v10 + ["subcontainers"]
        let v12 = v11 + ["docker"]
        let v20 = [
            "appmetrics", "attributes", "events", "machine", "ps", "spec", "stats", "storage", "summary",
            "version",
        ]
        return [
            ("v1.0", v10), ("v1.1", v11), ("v1.2", v12), ("v1.3", v12 + ["events"]), ("v2.0", v20),
            ("v2.1", v20 + ["machinestats"]),
        ]
    }()

    /// The largest body of a request.
    private static let bodyBytesMax = 64 * 1024

    let monitor: ContainerMonitor
    let version: String

    /// - Parameter path: below `/api`, decoded, in parts.
    /// - Throws: `ContainerServerError`, and what the monitor throws.
    func answer(_ path: [String], _ request: Request) async throws -> Response {
        guard let versionName = path.first,
            let known = APIHandler.versions.first(where: { $0.name == versionName })
        else {
            let names = APIHandler.versions.map(\.name).joined(separator: ",")
            return .text("Supported API versions: \(names)\n", status: .badRequest)
        }
        guard path.count > 1, known.kinds.contains(path[1]) else {
            let names = known.kinds.map { "\"\($0)\"" }.joined(separator: ",")
            return .text("Supported request types: \(names)\n", status: .badRequest)
        }
        let name = "/" + path.dropFirst(2).filter { !$0.isEmpty }.joined(separator: "/")
        if path[1] == "events" { return try await events(name, request) }
        return versionName.hasPrefix("v1")
            ? try await first(path[1], name, request)
            : try await second(path[1], name, request, isV21: versionName == "v2.1")
    }

    // MARK: - Version 1

    private func first(_ kind: String, _ name: String, _ request: Request) async throws -> Response {
        if kind == "machine" { return json(MachineForms.v1(try await monitor.snapshot())) }
        let choice = try await SampleChoice(request, bodyBytesMax: APIHandler.bodyBytesMax)
        let finder = ContainerFinder(snapshot: try await monitor.snapshot())
        switch kind {
        case "containers":
            let container = try finder.cgroup(name)
            let samples = try await monitor.history(of: [name])
            return json(form(container, finder, choice, samples))
        case "subcontainers":
            let all = try finder.subtree(name)
            let samples = try await monitor.history(of: all.map(\.path))
            return json(.array(all.map { form($0, finder, choice, samples) }))
        default:
            let all =
                name == "/"
                ? finder.containers(of: .docker)
                : [try finder.container(String(name.dropFirst()), of: .docker)]
            let samples = try await monitor.history(of: all.map(\.path))
            return json(.object(JSONObject(all.map { ($0.path, form($0, finder, choice, samples)) })))
        }
    }

    private func form(
        _ container: ContainerSnapshot, _ finder: ContainerFinder, _ choice: SampleChoice,
        _ samples: [String: [ContainerSample]]
    ) -> JSONValue {
        V1Forms.container(
            container, children: finder.children(of: container.path),
            samples: choice.of(samples[container.path] ?? []))
    }

    // MARK: - Version 2

    private func second(_ kind: String, _ name: String, _ request: Request, isV21: Bool) async throws
        -> Response
    {
        let query = try ContainerQuery(request, defaultMaxAge: ContainerMonitor.maxAge)
        let snapshot = try await monitor.snapshot(maxAge: query.maxAge)
        let finder = ContainerFinder(snapshot: snapshot)
        switch kind {
        case "version": return json(.string(version))
        case "attributes": return json(MachineForms.attributes(snapshot, version: version))
        case "machine": return json(MachineForms.v1(snapshot))
        case "storage": return json(V2Forms.storage(snapshot))
        case "appmetrics": return json([:])
        case "ps":
            let path = query.naming == .name ? name : try finder.containers(name, query).first?.path ?? name
            let found = try finder.cgroup(path)
            return json(V2Forms.processes(try await monitor.processes(of: found.path), now: snapshot.time))
        case "spec":
            return json(
                .object(JSONObject(try finder.containers(name, query).map { ($0.path, SpecForms.v2($0)) })))
        case "machinestats":
            let samples = try await monitor.history(of: ["/"])["/"] ?? []
            return json(V2Forms.machine(last(samples, query.count)))
        default: break
        }
        let containers = try finder.containers(name, query)
        let samples = try await monitor.history(of: containers.map(\.path))
        var result = JSONObject()
        for container in containers {
            let own = last(samples[container.path] ?? [], query.count)
            if kind == "summary" {
                result[container.path] = V2Forms.summary(samples[container.path] ?? [])
            } else if isV21 {
                // The root is what machinestats is for.
                guard container.path != "/" else { continue }
                result[container.path] = [
                    "spec": SpecForms.v2(container), "stats": V2Forms.statsV21(own, isRoot: false),
                ]
            } else {
                result[container.path] = V2Forms.stats(own)
            }
        }
        return json(.object(result))
    }

    private func last(_ samples: [ContainerSample], _ count: Int?) -> [ContainerSample] {
        count.map { Array(samples.suffix($0)) } ?? samples
    }

    // MARK: - Events

    private func events(_ name: String, _ request: Request) async throws -> Response {
        let (wanted, isStream) = try EventQuery.read(name, request)
        guard isStream else {
            return json(.array(try await monitor.events(wanted).map(V2Forms.event)))
        }
        guard let stream = try await monitor.eventStream(wanted) else {
            throw ContainerServerError(.invalidRequest, "cannot follow events: too many follow already")
        }
        let body = ResponseBody { writer in
            // Something at once, so that the head leaves and the client knows that it is connected.
            try await writer.write(ByteBuffer())
            for await event in stream {
                try await writer.write(ByteBuffer(bytes: V2Forms.event(event).bytes() + [0x0A]))
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "application/json"], body: body)
    }

    private func json(_ value: JSONValue) -> Response { .json(value.bytes()) }
}
