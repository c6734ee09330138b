import ContainerStats
import JSON

/// What containers are and may use, as the API writes it.
enum SpecForms {
    static func reference(_ container: ContainerSnapshot) -> [(String, JSONValue?)] {
        let identity = container.identity
        return [
            ("id", identity.id.isEmpty ? nil : .string(identity.id)),
            ("name", .string(identity.path)),
            ("aliases", identity.aliases.isEmpty ? nil : .array(identity.aliases.map { .string($0) })),
            ("namespace", identity.runtime == .raw ? nil : .string(identity.runtime.rawValue)),
        ]
    }

    /// `spec` of the first API.
    static func v1(_ container: ContainerSnapshot) -> JSONValue {
        .members(common(container) + [("has_hugetlb", .bool(!(container.sample?.hugePages.isEmpty ?? true)))])
    }

    /// The answer to `spec` of the second API, with the container's other names.
    static func v2(_ container: ContainerSnapshot) -> JSONValue {
        let identity = container.identity
        return .members(
            common(container) + [
                ("aliases", identity.aliases.isEmpty ? nil : .array(identity.aliases.map { .string($0) })),
                ("namespace", identity.runtime == .raw ? nil : .string(identity.runtime.rawValue)),
            ])
    }

    private static func common(_ container: ContainerSnapshot) -> [(String, JSONValue?)] {
        let identity = container.identity
        let spec = container.spec
        let sample = container.sample
        return [
            ("creation_time", .time(seconds: identity.created)),
            ("start_time", identity.started > 0 ? .time(seconds: identity.started) : nil),
            ("labels", identity.labels.isEmpty ? nil : .strings(identity.labels)),
            ("envs", identity.environment.isEmpty ? nil : .strings(identity.environment)),
            ("has_cpu", .bool(spec.cpu != nil)),
            ("cpu", cpu(spec.cpu ?? ContainerSpec.CPU())),
            ("has_memory", .bool(spec.memory != nil)),
            ("memory", memory(spec.memory ?? ContainerSpec.Memory())),
            ("has_network", .bool(!(sample?.interfaces.isEmpty ?? true))),
            ("has_processes", .bool(spec.processLimit != nil)),
            ("processes", .members([("limit", spec.processLimit.map { .counter($0) })])),
            ("has_filesystem", .bool(!(sample?.filesystems.isEmpty ?? true))),
            ("has_diskio", .bool(!(sample?.devices.isEmpty ?? true))),
            ("has_custom_metrics", false),
            ("image", identity.image.isEmpty ? nil : .string(identity.image)),
        ]
    }

    private static func cpu(_ cpu: ContainerSpec.CPU) -> JSONValue {
        .members([
            ("limit", .counter(cpu.shares)), ("max_limit", 0), ("mask", .string(cpu.mask)),
            ("quota", cpu.quota == 0 ? nil : .counter(cpu.quota)),
            ("period", cpu.period == 0 ? nil : .counter(cpu.period)),
        ])
    }

    private static func memory(_ memory: ContainerSpec.Memory) -> JSONValue {
        .members([
            ("limit", memory.limit == 0 ? nil : .counter(memory.limit)),
            ("reservation", memory.reservation == 0 ? nil : .counter(memory.reservation)),
            ("swap_limit", memory.swapLimit == 0 ? nil : .counter(memory.swapLimit)),
        ])
    }
}
