import Exposition

/// A metric of containers: its name and type as cAdvisor has them, and where its values come from.
struct ContainerFamily: Sendable {
    let name: String
    let type: MetricType
    let help: String
    /// nil is always on.
    let group: MetricGroup?
    /// Writes the samples of one container.
    let write: @Sendable (ContainerSnapshot, inout SampleWriter) -> Void

    init(
        _ name: String, _ type: MetricType, _ group: MetricGroup?, _ help: String,
        _ write: @escaping @Sendable (ContainerSnapshot, inout SampleWriter) -> Void
    ) {
        self.name = name
        self.type = type
        self.group = group
        self.help = help
        self.write = write
    }

    /// A family with one value from the sample; nil is no sample.
    static func value(
        _ name: String, _ type: MetricType, _ group: MetricGroup?, _ help: String,
        _ value: @escaping @Sendable (ContainerSample) -> Double?
    ) -> ContainerFamily {
        ContainerFamily(name, type, group, help) { container, writer in
            if let sample = container.sample, let value = value(sample) { writer.sample(value) }
        }
    }

    /// A family of memory in bytes or counts.
    static func memory(
        _ name: String, _ type: MetricType, _ help: String,
        _ value: @escaping @Sendable (MemorySample) -> UInt64
    ) -> ContainerFamily {
        self.value("container_memory_" + name, type, .memory, help) { $0.memory.map { Double(value($0)) } }
    }

    /// A family of processor time that exists only under a quota.
    static func quota(
        _ name: String, _ help: String, _ value: @escaping @Sendable (CPUSample) -> Double
    ) -> ContainerFamily {
        ContainerFamily("container_cpu_cfs_" + name, .counter, .cpu, help) { container, writer in
            guard (container.spec.cpu?.quota ?? 0) != 0, let cpu = container.sample?.cpu else { return }
            writer.sample(value(cpu))
        }
    }

    /// A family with a row for each block device and, for devices not among them, each file system.
    static func devices(
        _ name: String, _ type: MetricType, _ group: MetricGroup, _ help: String,
        device: @escaping @Sendable (DeviceSample) -> Double? = { _ in nil },
        filesystem: @escaping @Sendable (FilesystemSample) -> Double? = { _ in nil }
    ) -> ContainerFamily {
        ContainerFamily("container_fs_" + name, type, group, help) { container, writer in
            guard let sample = container.sample else { return }
            for entry in sample.devices {
                if let value = device(entry) { writer.sample(value, "device", entry.name) }
            }
            for entry in sample.filesystems {
                guard let value = filesystem(entry) else { continue }
                let isTold = sample.devices.contains { $0.name == entry.device && device($0) != nil }
                if !isTold { writer.sample(value, "device", entry.device) }
            }
        }
    }

    /// A family of traffic with a row for each interface.
    static func traffic(
        _ name: String, _ help: String, _ value: @escaping @Sendable (InterfaceSample) -> UInt64
    ) -> ContainerFamily {
        ContainerFamily("container_network_" + name, .counter, .network, help) { container, writer in
            for interface in container.sample?.interfaces ?? [] {
                writer.sample(Double(value(interface)), "interface", interface.name)
            }
        }
    }

    /// A family with a row for each last-level cache.
    static func cache(
        _ name: String, _ help: String, _ value: @escaping @Sendable (CacheSample) -> UInt64
    ) -> ContainerFamily {
        ContainerFamily("container_" + name, .gauge, .resctrl, help) { container, writer in
            for entry in container.sample?.cache ?? [] {
                writer.sample(Double(value(entry)), "node_id", String(entry.node))
            }
        }
    }

    /// A family of stalled time in seconds.
    static func pressure(
        _ name: String, _ help: String, _ value: @escaping @Sendable (PressureSample) -> PressureSample.Line?
    ) -> ContainerFamily {
        self.value("container_pressure_" + name, .counter, .pressure, help) { sample in
            sample.pressure.flatMap(value).map { Double($0.total) / 1e6 }
        }
    }
}

extension ContainerFamily {
    /// Memory limits beyond this are no limits.
    static let memoryLimitMax: UInt64 = 1 << 62

    static func shown(limit: UInt64) -> Double { limit > memoryLimitMax ? 0 : Double(limit) }
}
