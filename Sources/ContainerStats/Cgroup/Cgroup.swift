#if canImport(Glibc)
    import Glibc
#endif

/// One control group with its open files. Lives on the collector's thread only.
final class Cgroup {
    static let unopened: Int32 = -1
    static let missing: Int32 = -2

    /// From the root of the hierarchy: "/" or "/docker/…".
    let path: String
    /// Milliseconds since 1970 at which it was found.
    let found: Int64
    /// Open files by `ControlFile.rawValue`, ``unopened`` or ``missing``.
    var descriptors: [Int32]
    /// The folder in the first tree, to see children come without listing it; -1 when it has none there.
    var folder: Int32 = -1
    /// Names of the direct children.
    var children: Set<String> = []
    var isGone = false

    var sample = ContainerSample()
    var hasSample = false
    var spec = ContainerSpec()
    /// False asks for a new reading of ``spec``.
    var knowsSpec = false
    /// In which round through the v1 trees it was last seen.
    var treeRound = 0

    /// The process whose namespaces stand for the container.
    var pid: Int32 = 0
    /// An O_PATH descriptor of /proc/pid, which never comes to mean another process.
    var process: Int32 = -1
    /// The network namespace; nil when it cannot be seen.
    var networkNamespace: UInt64?
    /// Which group of block I/O files the kernel fills, once it is known.
    var ioFiles: IOFiles?
    /// What its processes read and wrote, where no such file counts.
    let processIO = ProcessIO()

    var identity: ContainerIdentity
    var labelText: [UInt8] = []
    /// The runtime's id in the path; nil for raw cgroups.
    let runtimeID: ContainerID?
    /// Which version of the runtimes' table, and which revision of its own record, the identity was made
    /// from.
    var recordVersion = 0
    var recordRevision = 0
    var identityNetworkMode = NetworkMode.own
    /// The last schedstat of each process, and the sums of those that have ended.
    var scheduler = SchedulerMemory()
    /// Running averages of tasks, and when they were last brought up to date (milliseconds since 1970).
    var load = 0.0
    var loadWaiting = 0.0
    var loadTime: Int64 = 0

    private let budget: DescriptorBudget

    init(path: String, found: Int64, budget: DescriptorBudget) {
        self.path = path
        self.found = found
        self.budget = budget
        descriptors = Array(repeating: Cgroup.unopened, count: ControlFile.allCases.count)
        identity = ContainerIdentity(path: path)
        runtimeID = ContainerID(cgroupPath: path)
    }

    deinit {
        for descriptor in descriptors where descriptor >= 0 { budget.close(descriptor) }
        if folder >= 0 { budget.close(folder) }
        closeProcess()
    }

    func closeProcess() {
        if process >= 0 { budget.close(process) }
        process = -1
        pid = 0
        networkNamespace = nil
    }

    /// Gives files that were missing another chance: controllers can be switched on later.
    func forgetMissing() {
        for index in descriptors.indices where descriptors[index] == Cgroup.missing {
            descriptors[index] = Cgroup.unopened
        }
    }

    /// The path of a direct child.
    func childPath(_ name: String) -> String { path == "/" ? "/" + name : path + "/" + name }
}

/// Whose network namespace a container runs in.
enum NetworkMode {
    case own
    /// The host's, or another container's.
    case shared

    /// - Parameter text: HostConfig.NetworkMode, for instance "bridge", "host", "container:7a41…".
    init(_ text: String) {
        self = text == "host" || text.hasPrefix("container:") ? .shared : .own
    }
}

/// How many descriptors may be kept open. Beyond that, files are opened for each reading.
final class DescriptorBudget {
    private(set) var used = 0
    let limit: Int

    init(limit: Int) { self.limit = limit }

    /// All that the process may open after raising its soft limit but 4,096, and half at least; 16,384 at
    /// most, which is a thousand containers: the kernel keeps a page for each open control file.
    static func ofProcess() -> DescriptorBudget {
        var limit = rlimit()
        let openFiles = __rlimit_resource_t(7)
        guard getrlimit(openFiles, &limit) == 0 else { return DescriptorBudget(limit: 256) }
        if limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = min(limit.rlim_max, 65_536)
            setrlimit(openFiles, &limit)
            getrlimit(openFiles, &limit)
        }
        let most = Int(min(limit.rlim_cur, 65_536))
        return DescriptorBudget(limit: min(max(most / 2, most - 4096), 16_384))
    }

    /// Whether a descriptor that was opened may be kept; counts it when so.
    func keep() -> Bool {
        guard used < limit else { return false }
        used += 1
        return true
    }

    func close(_ descriptor: Int32) {
        Glibc.close(descriptor)
        used -= 1
    }
}
