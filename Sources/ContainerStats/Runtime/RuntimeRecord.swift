import JSON

/// What a container runtime says about one container.
struct RuntimeRecord: Sendable, Equatable {
    var id: String
    var runtime: ContainerIdentity.Runtime
    var name = ""
    var image = ""
    /// Sorted by name.
    var labels: [Pair] = []
    /// As given to the container.
    var environment: [Pair] = []
    /// Seconds since 1970; 0 unknown.
    var created = 0.0
    var started = 0.0
    /// 1 healthy, 0 not, -1 without a check.
    var health = -1
    var restarts = 0
    /// The first process as the host numbers it; 0 unknown or not running.
    var pid: Int32 = 0
    var networkMode = ""
    /// The writable layer, and the folder of its log, as host paths; "" unknown.
    var layerFolder = ""
    var logFolder = ""
    var exitCode = -1
    var isRunning = false
    /// Grows each time the runtime is asked again.
    var revision = 0

    /// A name with its value.
    struct Pair: Sendable, Equatable {
        var name: String
        var value: String
    }

    init(id: String, runtime: ContainerIdentity.Runtime) {
        self.id = id
        self.runtime = runtime
    }

    /// Reads an answer of Docker's (or podman's Docker-like) `/containers/<id>/json`, or Docker's own
    /// file config.v2.json, which has the same names.
    ///
    /// - Returns: nil when the answer is about something else.
    init?(docker json: JSONValue, id: String, runtime: ContainerIdentity.Runtime) {
        guard (json["Id"] ?? json["ID"])?.string == id else { return nil }
        self.init(id: id, runtime: runtime)
        var name = json["Name"]?.string ?? ""
        if name.hasPrefix("/") { name.removeFirst() }
        self.name = name
        image = json["Config"]?["Image"]?.string ?? ""
        labels = RuntimeRecord.pairs(json["Config"]?["Labels"])
        environment = (json["Config"]?["Env"]?.array ?? []).compactMap { item in
            guard let text = item.string, let equals = text.firstIndex(of: "=") else { return nil }
            return Pair(name: String(text[..<equals]), value: String(text[text.index(after: equals)...]))
        }
        created = RFC3339.seconds(json["Created"]?.string ?? "") ?? 0
        let state = json["State"]
        started = RFC3339.seconds(state?["StartedAt"]?.string ?? "") ?? 0
        switch (state?["Health"] ?? state?["Healthcheck"])?["Status"]?.string ?? "" {
        case "healthy": health = 1
        case "", "none": health = -1
        default: health = 0
        }
        pid = Int32(exactly: state?["Pid"]?.int ?? 0) ?? 0
        isRunning = state?["Running"]?.bool ?? false
        exitCode = isRunning ? -1 : state?["ExitCode"]?.int ?? -1
        restarts = json["RestartCount"]?.int ?? 0
        networkMode = json["HostConfig"]?["NetworkMode"]?.string ?? ""
        layerFolder = json["GraphDriver"]?["Data"]?["UpperDir"]?.string ?? ""
        let log = json["LogPath"]?.string ?? ""
        if let slash = log.lastIndex(of: "/") { logFolder = String(log[..<slash]) }
    }

    /// The members of an object that are strings, sorted by name.
    static func pairs(_ json: JSONValue?) -> [Pair] {
        (json?.object?.members ?? []).compactMap { name, value in
            value.string.map { Pair(name: name, value: $0) }
        }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}
