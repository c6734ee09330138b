/// Which cgroup it is, and what a container runtime calls it.
public struct ContainerIdentity: Sendable, Equatable {
    /// Where the identity comes from.
    public enum Runtime: String, Sendable {
        /// No runtime knows it: a slice, a service, a cgroup made by hand.
        case raw
        case docker
        case podman
        case containerd
        case crio
    }

    /// The path from the root of the hierarchy, for instance "/docker/7a41…"; "/" is the machine.
    public let path: String
    public var runtime = Runtime.raw
    /// The runtime's id, 64 hexadecimal digits; "" for raw cgroups.
    public var id = ""
    /// The runtime's name; "" for raw cgroups.
    public var name = ""
    public var image = ""
    /// Sorted by name.
    public var labels: [(name: String, value: String)] = []
    /// Sorted by name; only what the options let through.
    public var environment: [(name: String, value: String)] = []
    /// Seconds since 1970.
    public var created = 0.0
    public var started = 0.0
    /// 1 healthy, 0 not (or starting), -1 without a health check.
    public var health = -1
    /// Times the runtime started it again.
    public var restarts = 0

    public init(path: String) { self.path = path }

    /// Other names by which it can be asked for.
    public var aliases: [String] { id.isEmpty ? [] : (name.isEmpty ? [id] : [name, id]) }

    public static func == (a: ContainerIdentity, b: ContainerIdentity) -> Bool {
        a.path == b.path && a.runtime == b.runtime && a.id == b.id && a.name == b.name && a.image == b.image
            && a.created == b.created && a.started == b.started && a.health == b.health
            && a.restarts == b.restarts
            && a.labels.elementsEqual(b.labels, by: { $0 == $1 })
            && a.environment.elementsEqual(b.environment, by: { $0 == $1 })
    }
}
