import JSON
import Synchronization

/// Docker through its socket, or podman through the like one it offers. The version of the API is
/// agreed on: the lower of the daemon's and ours.
final class DockerSource: RuntimeSource {
    /// The newest version of the API whose answers are known.
    static let apiVersionMax = (1, 51)

    let runtime: ContainerIdentity.Runtime
    private let http: UnixSocketHTTP
    /// "/v1.41" once agreed on.
    private let prefix = Mutex<String?>(nil)

    init(socket: String, runtime: ContainerIdentity.Runtime, timeout: Int = 3000) {
        self.runtime = runtime
        http = UnixSocketHTTP(socket: socket, timeout: timeout)
    }

    var name: String { "\(runtime.rawValue) at \(http.socket)" }
    var isPresent: Bool { KernelPath.exists(http.socket) }
    var canFollow: Bool { true }

    func covers(_ runtime: ContainerIdentity.Runtime?) -> Bool {
        switch runtime {
        case nil: true
        case .docker: self.runtime == .docker
        case .podman: self.runtime == .podman
        // Docker's containers may be kept by containerd under its name.
        case .containerd: self.runtime == .docker
        case .crio, .raw: false
        }
    }

    func inspect(_ id: String) throws(ContainerStatsError) -> RuntimeRecord? {
        let answer = try get("/containers/\(id)/json")
        if answer.status == 404 { return nil }
        return RuntimeRecord(docker: try document(answer, "/containers/\(id)/json"), id: id, runtime: runtime)
    }

    func version() throws(ContainerStatsError) -> String {
        try document(get("/version"), "/version")["Version"]?.string ?? ""
    }

    /// The answer to a GET below the API's version, for pages and the API of our own.
    ///
    /// - Throws: `runtime`.
    func document(_ target: String) throws(ContainerStatsError) -> JSONValue {
        try document(get(target), target)
    }

    func follow(
        stop: StopSignal, onOpen: () -> Void, event: (RuntimeEvent) -> Void
    ) throws(ContainerStatsError) {
        // filters={"type":["container"]}
        let target = try agreedPrefix() + "/events?filters=%7B%22type%22%3A%5B%22container%22%5D%7D"
        try http.follow(target, stop: stop, onOpen: onOpen) { line in
            if let found = DockerSource.event(line) { event(found) }
        }
    }

    /// Reads a line of the event stream; nil for what changes nothing that is told.
    static func event(_ line: ArraySlice<UInt8>) -> RuntimeEvent? {
        guard let json = try? JSONValue.parse(line), (json["Type"]?.string ?? "container") == "container",
            let action = json["Action"]?.string ?? json["status"]?.string,
            let id = json["Actor"]?["ID"]?.string ?? json["id"]?.string
        else { return nil }
        let exitCode =
            json["Actor"]?["Attributes"]?["exitCode"]?.string.flatMap { Int($0) }
            ?? json["Actor"]?["Attributes"]?["containerExitCode"]?.string.flatMap { Int($0) }
        switch action {
        case "start", "restart", "unpause", "init": return RuntimeEvent(id: id, action: .started)
        case "die", "died": return RuntimeEvent(id: id, action: .ended(exitCode: exitCode ?? -1))
        case "destroy", "remove": return RuntimeEvent(id: id, action: .removed)
        case "oom": return RuntimeEvent(id: id, action: .outOfMemory)
        case "rename", "update", "health_status": return RuntimeEvent(id: id, action: .changed)
        default:
            // "health_status: healthy"
            return action.hasPrefix("health_status") ? RuntimeEvent(id: id, action: .changed) : nil
        }
    }

    private func get(_ target: String) throws(ContainerStatsError) -> UnixSocketHTTP.Answer {
        try http.get(try agreedPrefix() + target)
    }

    private func document(_ answer: UnixSocketHTTP.Answer, _ target: String) throws(ContainerStatsError)
        -> JSONValue
    {
        guard answer.status == 200 else {
            // The daemon may have been replaced by another one.
            prefix.withLock { $0 = nil }
            throw ContainerStatsError(
                .runtime, "cannot get \(target) from \(http.socket): status \(answer.status)")
        }
        do {
            return try JSONValue.parse(answer.body)
        } catch {
            throw ContainerStatsError(.runtime, "cannot read \(target) from \(http.socket): \(error)")
        }
    }

    private func agreedPrefix() throws(ContainerStatsError) -> String {
        if let known = prefix.withLock({ $0 }) { return known }
        let answer = try http.get("/_ping")
        guard answer.status == 200 else {
            throw ContainerStatsError(
                .runtime, "cannot get /_ping from \(http.socket): status \(answer.status)")
        }
        // Without the header the daemon's default version is as good as any.
        var agreed = ""
        let parts = (answer.headers["api-version"] ?? "").split(separator: ".").compactMap { Int($0) }
        if parts.count == 2 {
            let theirs = (parts[0], parts[1])
            let lower = theirs < DockerSource.apiVersionMax ? theirs : DockerSource.apiVersionMax
            agreed = "/v\(lower.0).\(lower.1)"
        }
        prefix.withLock { $0 = agreed }
        return agreed
    }
}
