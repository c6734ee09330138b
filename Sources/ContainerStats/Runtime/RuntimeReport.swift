import JSON

/// What a container runtime tells of itself and of its images, for people to look at.
public struct RuntimeReport: Sendable {
    public struct Image: Sendable {
        public var id = ""
        /// For instance "redis:7"; empty for layers that nothing names.
        public var tags: [String] = []
        /// Bytes.
        public var size: UInt64 = 0
        /// Seconds since 1970.
        public var created = 0.0
    }

    public var version = ""
    public var apiVersion = ""
    public var kernelVersion = ""
    public var system = ""
    public var host = ""
    public var rootFolder = ""
    public var driver = ""
    /// Names and values as the storage driver tells them.
    public var driverStatus: [(name: String, value: String)] = []
    public var containers = 0
    public var running = 0
    public var paused = 0
    public var stopped = 0
    /// Newest first.
    public var images: [Image] = []

    /// The most images that are told.
    private static let imagesMax = 5000

    /// From Docker's answers to `/info`, `/version` and `/images/json`, or podman's like ones. What is
    /// missing stays empty.
    init(info: JSONValue, version document: JSONValue, images list: JSONValue) {
        version = document["Version"]?.string ?? info["ServerVersion"]?.string ?? ""
        apiVersion = document["ApiVersion"]?.string ?? ""
        kernelVersion = info["KernelVersion"]?.string ?? ""
        system = info["OperatingSystem"]?.string ?? ""
        host = info["Name"]?.string ?? ""
        rootFolder = info["DockerRootDir"]?.string ?? ""
        driver = info["Driver"]?.string ?? ""
        driverStatus = (info["DriverStatus"]?.array ?? []).compactMap { pair in
            guard let name = pair[0]?.string, let value = pair[1]?.string else { return nil }
            return (name, value)
        }
        containers = info["Containers"]?.int ?? 0
        running = info["ContainersRunning"]?.int ?? 0
        paused = info["ContainersPaused"]?.int ?? 0
        stopped = info["ContainersStopped"]?.int ?? 0
        images = (list.array ?? []).prefix(RuntimeReport.imagesMax).map { json in
            var image = Image()
            image.id = json["Id"]?.string ?? ""
            image.tags = (json["RepoTags"]?.array ?? []).compactMap(\.string).filter { $0 != "<none>:<none>" }
            image.size = UInt64(max(0, json["Size"]?.int ?? 0))
            image.created = Double(json["Created"]?.int ?? 0)
            return image
        }.sorted { $0.created > $1.created }
    }
}

extension DockerSource {
    /// - Throws: `runtime` when it does not answer as it should.
    func report() throws(ContainerStatsError) -> RuntimeReport {
        RuntimeReport(
            info: try document("/info"), version: try document("/version"),
            images: try document("/images/json"))
    }
}
