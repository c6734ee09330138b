import ContainerStats
import JSON

/// Answers of the first API.
enum V1Forms {
    /// ContainerInfo.
    static func container(
        _ container: ContainerSnapshot, children: [ContainerSnapshot], samples: [ContainerSample]
    ) -> JSONValue {
        .members(
            SpecForms.reference(container) + [
                (
                    "subcontainers",
                    children.isEmpty ? nil : .array(children.map { ["name": .string($0.path)] })
                ),
                ("spec", SpecForms.v1(container)),
                ("stats", samples.isEmpty ? nil : .array(samples.map { sample($0, container) })),
            ])
    }

    private static func sample(_ sample: ContainerSample, _ container: ContainerSnapshot) -> JSONValue {
        let first =
            sample.interfaces.first.map(SampleForms.interface)
            ?? SampleForms.interface(InterfaceSample(name: ""))
        let interfaces = sample.interfaces.map { JSONValue.members(SampleForms.interface($0)) }
        return .members([
            ("timestamp", .time(sample.time)),
            ("cpu", SampleForms.cpu(sample.cpu ?? CPUSample(), sample)),
            ("diskio", SampleForms.diskIO(sample)),
            ("memory", SampleForms.memory(sample.memory ?? MemorySample(), sample)),
            ("hugetlb", SampleForms.hugePages(sample.hugePages)),
            (
                "network",
                .members(
                    first + [("interfaces", interfaces.isEmpty ? nil : .array(interfaces))]
                        + SampleForms.sockets(sample.sockets))
            ),
            (
                "filesystem",
                sample.filesystems.isEmpty ? nil : .array(sample.filesystems.map(SampleForms.filesystem))
            ),
            ("task_stats", SampleForms.tasks(sample.tasks)),
            ("processes", SampleForms.processes(sample.processes)),
            ("cpuset", ["memory_migrate": .counter(sample.memoryMigrate ?? 0)]),
            ("oom_events", .counter(sample.oomEvents)),
            ("health", ["status": .string(health(container.identity.health))]),
        ])
    }

    private static func health(_ state: Int) -> String {
        state == 1 ? "healthy" : state == 0 ? "unhealthy" : ""
    }
}
