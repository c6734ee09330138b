public import Platform

/// What a ``ContainerMonitor`` watches and how.
public struct ContainerMonitorOptions: Sendable {
    /// Put before /proc, /sys, /etc and the runtimes' folders: "" is this machine, another folder a
    /// recorded one.
    public var root = ""
    public var groups = MetricGroup.defaultEnabled
    /// Sockets of container runtimes; nil asks none.
    public var dockerSocket: String? = "/var/run/docker.sock"
    public var podmanSocket: String? = "/var/run/podman/podman.sock"
    public var crioSocket: String? = "/var/run/crio/crio.sock"
    /// Folders that are read when the sockets do not answer, below ``root``.
    public var dockerFolder = "/var/lib/docker"
    public var podmanFolder = "/var/lib/containers/storage"
    public var containerdFolder = "/run/containerd"
    public var containerdNamespace = "k8s.io"
    /// Whether all labels of containers become labels of their series.
    public var storesLabels = true
    /// The labels that do when ``storesLabels`` is false.
    public var keptLabels: Set<String> = []
    /// Beginnings of names of environment variables that become labels.
    public var environmentPrefixes: [String] = []
    /// Leaves out cgroups that no runtime knows, except "/" and those below ``rawPrefixes``.
    public var dockerOnly = false
    public var rawPrefixes: [String] = []
    /// Whether "/" is told without what it used.
    public var hidesRootStatistics = false
    /// Whether containers that share a network namespace each tell its traffic.
    public var repeatsSharedNetworks = false
    /// Whether tasks are counted by state (`container_tasks_state`, `container_cpu_load_average_10s`).
    public var readsLoad = false
    /// Files with ids, separated by commas; the first that has something counts.
    public var machineIDFiles = "/etc/machine-id,/var/lib/dbus/machine-id"
    public var bootIDFiles = "/proc/sys/kernel/random/boot_id"
    /// Milliseconds for which facts about the machine stay good.
    public var factsInterval: Int64 = 300_000
    /// Milliseconds for which a container whose name is not known yet is held back.
    public var nameWait: Int64 = 3000
    /// Nanoseconds that a collection waits for the names of containers that are new.
    public var firstNameWait: UInt64 = 400_000_000
    /// Seconds between the samples of ``ContainerMonitor/history(of:)``, and for how long they are kept.
    public var historyInterval = 1.0
    public var historyDuration = 120.0
    /// Whether samples of all containers are kept at all times, not only of those asked about.
    public var keepsAllHistory = false
    public var eventLimits = EventLimits()
    /// The kernel's log, for the victims of memory shortage; nil reads none.
    public var kernelLog: String? = "/dev/kmsg"
    public var clock: any WallClock = SystemClock()
    public var filesystemProbe: any FilesystemProbe = StatvfsProbe()
    /// Takes lines about what could not be read; each is told once.
    public var log: @Sendable (String) -> Void = { _ in }

    public init() {}
}
