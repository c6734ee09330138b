import JSON

/// Docker's own files, for when its socket may not be used: `<root>/containers/<id>/config.v2.json`.
struct DockerFolderSource: RuntimeSource {
    /// The host's root as this process sees it.
    let host: String
    /// Docker's data folder on the host.
    let root: String

    private var folder: String { host + root }

    var name: String { "docker's files in \(folder)" }
    var isPresent: Bool { KernelPath.exists(folder + "/containers") }

    func covers(_ runtime: ContainerIdentity.Runtime?) -> Bool { runtime == nil || runtime == .docker }

    func inspect(_ id: String) throws(ContainerStatsError) -> RuntimeRecord? {
        let base = "\(folder)/containers/\(id)"
        guard let config = try JSONFile.read(base + "/config.v2.json") else { return nil }
        guard var record = RuntimeRecord(docker: config, id: id, runtime: .docker) else { return nil }
        if let host = try JSONFile.read(base + "/hostconfig.json") {
            record.networkMode = host["NetworkMode"]?.string ?? ""
        }
        record.logFolder = "\(root)/containers/\(id)"
        if let driver = config["Driver"]?.string {
            var reader = FileReader()
            let mount = MachineFacts.line(
                "\(folder)/image/\(driver)/layerdb/mounts/\(id)/mount-id", reader: &reader)
            if !mount.isEmpty, !mount.contains("/") { record.layerFolder = "\(root)/\(driver)/\(mount)/diff" }
        }
        return record
    }
}

/// Podman's own files: `<root>/overlay-containers/containers.json` names the containers.
struct PodmanFolderSource: RuntimeSource {
    /// The host's root as this process sees it.
    let host: String
    /// Podman's storage folder on the host, normally /var/lib/containers/storage.
    let root: String

    private var folder: String { host + root }

    var name: String { "podman's files in \(folder)" }
    var isPresent: Bool { KernelPath.exists(folder + "/overlay-containers") }

    func covers(_ runtime: ContainerIdentity.Runtime?) -> Bool { runtime == nil || runtime == .podman }

    func inspect(_ id: String) throws(ContainerStatsError) -> RuntimeRecord? {
        for file in ["containers.json", "volatile-containers.json"] {
            guard let list = try JSONFile.read("\(folder)/overlay-containers/\(file)")?.array,
                let entry = list.first(where: { $0["id"]?.string == id })
            else { continue }
            var record = RuntimeRecord(id: id, runtime: .podman)
            record.name = entry["names"]?[0]?.string ?? ""
            record.created = RFC3339.seconds(entry["created"]?.string ?? "") ?? 0
            record.started = record.created
            if let text = entry["metadata"]?.string, let metadata = try? JSONValue.parse(text) {
                record.image = metadata["image-name"]?.string ?? ""
            }
            if let layer = entry["layer"]?.string, !layer.contains("/") {
                record.layerFolder = "\(root)/overlay/\(layer)/diff"
            }
            record.isRunning = true
            return record
        }
        return nil
    }
}

/// containerd's files of running tasks: `<state>/io.containerd.runtime.v2.task/<namespace>/<id>`. They
/// hold what Kubernetes says of a container as annotations, which become the labels that cAdvisor's
/// users know.
struct ContainerdFolderSource: RuntimeSource {
    /// Normally /run/containerd.
    let folder: String
    /// For instance "k8s.io".
    let namespace: String

    private var tasks: String { folder + "/io.containerd.runtime.v2.task" }

    var name: String { "containerd's files in \(folder)" }
    var isPresent: Bool { KernelPath.exists(tasks) }

    func covers(_ runtime: ContainerIdentity.Runtime?) -> Bool { runtime == nil || runtime == .containerd }

    func inspect(_ id: String) throws(ContainerStatsError) -> RuntimeRecord? {
        let base = "\(tasks)/\(namespace)/\(id)"
        guard let config = try JSONFile.read(base + "/config.json") else { return nil }
        var record = RuntimeRecord(id: id, runtime: .containerd)
        // containerd itself gives no names.
        record.name = id
        let annotations = RuntimeRecord.pairs(config["annotations"])
        record.labels = ContainerdFolderSource.labels(annotations)
        record.image = annotations.first { $0.name == "io.kubernetes.cri.image-name" }?.value ?? ""
        // Only the sandbox has a network of its own.
        let kind = annotations.first { $0.name == "io.kubernetes.cri.container-type" }?.value
        if kind == "container" { record.networkMode = "container:sandbox" }
        record.environment = (config["process"]?["env"]?.array ?? []).compactMap { item in
            guard let text = item.string, let equals = text.firstIndex(of: "=") else { return nil }
            return RuntimeRecord.Pair(
                name: String(text[..<equals]), value: String(text[text.index(after: equals)...]))
        }
        var reader = FileReader()
        record.pid = Int32(MachineFacts.line(base + "/init.pid", reader: &reader)) ?? 0
        record.created = KernelPath.modificationTime(base + "/config.json") ?? 0
        record.started = KernelPath.modificationTime(base + "/init.pid") ?? record.created
        record.isRunning = true
        return record
    }

    private static func labels(_ annotations: [RuntimeRecord.Pair]) -> [RuntimeRecord.Pair] {
        let known = [
            "io.kubernetes.cri.container-name": "io.kubernetes.container.name",
            "io.kubernetes.cri.sandbox-name": "io.kubernetes.pod.name",
            "io.kubernetes.cri.sandbox-namespace": "io.kubernetes.pod.namespace",
            "io.kubernetes.cri.sandbox-uid": "io.kubernetes.pod.uid",
        ]
        var result = annotations.compactMap { pair in
            known[pair.name].map { RuntimeRecord.Pair(name: $0, value: pair.value) }
        }
        if annotations.contains(where: {
            $0.name == "io.kubernetes.cri.container-type" && $0.value == "sandbox"
        }) {
            result.append(RuntimeRecord.Pair(name: "io.kubernetes.container.name", value: "POD"))
        }
        return result.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}

/// CRI-O through its socket: `GET /containers/<id>`.
struct CRIOSource: RuntimeSource {
    let http: UnixSocketHTTP

    init(socket: String, timeout: Int = 3000) { http = UnixSocketHTTP(socket: socket, timeout: timeout) }

    var name: String { "crio at \(http.socket)" }
    var isPresent: Bool { KernelPath.exists(http.socket) }

    func covers(_ runtime: ContainerIdentity.Runtime?) -> Bool { runtime == .crio }

    func inspect(_ id: String) throws(ContainerStatsError) -> RuntimeRecord? {
        let answer = try http.get("/containers/\(id)")
        guard answer.status == 200, let json = try? JSONValue.parse(answer.body) else { return nil }
        var record = RuntimeRecord(id: id, runtime: .crio)
        record.labels = RuntimeRecord.pairs(json["labels"])
        let annotations = RuntimeRecord.pairs(json["annotations"])
        func annotation(_ name: String) -> String? { annotations.first { $0.name == name }?.value }
        // The name that Kubernetes made: k8s_<container>_<pod>_<namespace>_<uid>_<attempt>.
        func label(_ name: String) -> String { record.labels.first { $0.name == name }?.value ?? "" }
        record.name =
            "k8s_\(label("io.kubernetes.container.name"))_\(label("io.kubernetes.pod.name"))_\(label("io.kubernetes.pod.namespace"))_\(label("io.kubernetes.pod.uid"))_\(annotation("io.kubernetes.container.restartCount") ?? "0")"
        record.image = json["image"]?.string ?? ""
        record.pid = Int32(exactly: json["pid"]?.int ?? 0) ?? 0
        record.created = Double(json["created_time"]?.int ?? 0) / 1e9
        record.started = record.created
        record.isRunning = true
        if label("io.kubernetes.container.name") != "POD" { record.networkMode = "container:sandbox" }
        let log = json["log_path"]?.string ?? ""
        if let slash = log.lastIndex(of: "/") { record.logFolder = String(log[..<slash]) }
        return record
    }
}

/// Files that hold JSON.
enum JSONFile {
    /// nil when there is no such file.
    ///
    /// - Throws: `runtime` when it cannot be read or is not JSON.
    static func read(_ path: String) throws(ContainerStatsError) -> JSONValue? {
        guard KernelPath.exists(path) else { return nil }
        var reader = FileReader()
        let error = reader.readFile(path)
        guard error == 0 else {
            throw ContainerStatsError(.runtime, "cannot read \(path): \(KernelPath.describe(error))")
        }
        do {
            return try JSONValue.parse(reader.content)
        } catch {
            throw ContainerStatsError(.runtime, "cannot read \(path): \(error)")
        }
    }
}
