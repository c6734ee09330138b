/// The machine and all its cgroups at one moment.
public struct MachineSnapshot: Sendable {
    /// Milliseconds since 1970.
    public let time: Int64
    /// Sorted by path, so "/" comes first.
    public let containers: [ContainerSnapshot]
    public let machine: MachineFacts
    /// What went wrong while collecting; each names a file.
    public let problems: [String]
}

/// One cgroup of a snapshot. A class, because it is passed on for each of a hundred metrics and a sample has
/// many parts that would be counted each time.
public final class ContainerSnapshot: Sendable {
    public let identity: ContainerIdentity
    public let spec: ContainerSpec
    /// nil when it could not be read.
    public let sample: ContainerSample?
    /// The labels of its series, rendered and escaped.
    let labelText: [UInt8]

    init(identity: ContainerIdentity, spec: ContainerSpec, sample: ContainerSample?, labelText: [UInt8]) {
        self.identity = identity
        self.spec = spec
        self.sample = sample
        self.labelText = labelText
    }

    /// The path of the cgroup.
    public var path: String { identity.path }
}
