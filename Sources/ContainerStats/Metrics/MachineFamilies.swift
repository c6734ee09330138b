import Exposition

/// Writes the metrics of the machine and of the monitor itself.
enum MachineFamilies {
    /// The version that `cadvisor_version_info` tells for us.
    static let version = "martlet"

    /// `cadvisor_version_info`, which comes before the containers by name.
    static func writeVersion(_ facts: MachineFacts, to writer: inout SampleWriter) {
        writer.family(
            "cadvisor_version_info", .gauge, "Versions of the kernel, the system, Docker and the monitor.")
        writer.subject([], time: nil)
        writer.sample(
            1,
            [
                ("cadvisorRevision", ""), ("cadvisorVersion", version),
                ("dockerVersion", facts.dockerVersion),
                ("kernelVersion", facts.kernelVersion), ("osVersion", facts.osVersion),
            ])
    }

    /// `container_scrape_error`: 1 when nothing could be read.
    static func writeContainerError(_ snapshot: MachineSnapshot, to writer: inout SampleWriter) {
        writer.family(
            "container_scrape_error", .gauge, "1 when container metrics could not be read, 0 otherwise.")
        writer.subject([], time: nil)
        writer.sample(snapshot.problems.isEmpty && snapshot.containers.contains { $0.sample != nil } ? 0 : 1)
    }

    /// `machine_*`.
    static func write(_ facts: MachineFacts, groups: Set<MetricGroup>, to writer: inout SampleWriter) {
        writer.subject(
            ExpositionWriter.renderLabels(
                ["machine_id", "system_uuid", "boot_id"], [facts.machineID, facts.systemUUID, facts.bootID]),
            time: facts.time)
        func gauge(_ name: String, _ help: String, _ value: Double, _ writer: inout SampleWriter) {
            writer.family(name, .gauge, help)
            writer.sample(value)
        }
        gauge("machine_cpu_books", "Processor books, of s390x only.", 0, &writer)
        if groups.contains(.cpuTopology) { writeCaches(facts, &writer) }
        gauge("machine_cpu_cores", "Logical processors.", Double(facts.cores), &writer)
        gauge("machine_cpu_drawers", "Processor drawers, of s390x only.", 0, &writer)
        gauge("machine_cpu_physical_cores", "Physical cores.", Double(facts.physicalCores), &writer)
        gauge("machine_cpu_sockets", "Processor sockets.", Double(facts.sockets), &writer)
        writer.family("machine_dimm_capacity_bytes", .gauge, "Memory modules in bytes by type.")
        for modules in facts.memoryModules { writer.sample(Double(modules.capacity), "type", modules.type) }
        writer.family("machine_dimm_count", .gauge, "Memory modules by type.")
        for modules in facts.memoryModules { writer.sample(Double(modules.count), "type", modules.type) }
        gauge("machine_memory_bytes", "Memory in bytes.", Double(facts.memory), &writer)
        if groups.contains(.cpuTopology) { writeNodes(facts, &writer) }
        gauge(
            "machine_nvm_avg_power_budget_watts", "Power budget of non-volatile memory; not read.", 0, &writer
        )
        writer.family("machine_nvm_capacity", .gauge, "Non-volatile memory in bytes; not read.")
        for mode in ["memory_mode", "app_direct_mode"] { writer.sample(0, "mode", mode) }
        writer.family(
            "machine_scrape_error", .gauge, "1 when machine metrics could not be read, 0 otherwise.")
        let labels = ExpositionWriter.renderLabels(
            ["machine_id", "system_uuid", "boot_id"], [facts.machineID, facts.systemUUID, facts.bootID])
        writer.subject([], time: nil)
        writer.sample(facts.memory > 0 && facts.cores > 0 ? 0 : 1)
        writer.subject(labels, time: facts.time)
        gauge("machine_swap_bytes", "Swap in bytes.", Double(facts.swap), &writer)
        if groups.contains(.cpuTopology) { writeThreads(facts, &writer) }
    }

    private static func writeCaches(_ facts: MachineFacts, _ writer: inout SampleWriter) {
        writer.family("machine_cpu_cache_capacity_bytes", .gauge, "Processor caches in bytes.")
        for node in facts.nodes {
            for cache in node.caches {
                writer.sample(
                    Double(cache.size),
                    [
                        ("node_id", String(node.id)), ("core_id", ""), ("type", cache.type),
                        ("level", String(cache.level)),
                    ])
            }
            for core in node.cores {
                for cache in core.caches {
                    writer.sample(
                        Double(cache.size),
                        [
                            ("node_id", String(node.id)), ("core_id", String(core.id)), ("type", cache.type),
                            ("level", String(cache.level)),
                        ])
                }
            }
        }
    }

    private static func writeNodes(_ facts: MachineFacts, _ writer: inout SampleWriter) {
        writer.family("machine_node_distance", .gauge, "Relative cost of reaching another memory node.")
        for node in facts.nodes {
            for (target, distance) in node.distances.enumerated() {
                writer.sample(Double(distance), "node_id", String(node.id), "target_node_id", String(target))
            }
        }
        writer.family("machine_node_hugepages_count", .gauge, "Huge pages of a memory node by size in KiB.")
        for node in facts.nodes {
            for pages in node.hugePages {
                writer.sample(
                    Double(pages.count), "node_id", String(node.id), "page_size", String(pages.size))
            }
        }
        writer.family("machine_node_memory_capacity_bytes", .gauge, "Memory of a node in bytes.")
        for node in facts.nodes { writer.sample(Double(node.memory), "node_id", String(node.id)) }
    }

    private static func writeThreads(_ facts: MachineFacts, _ writer: inout SampleWriter) {
        writer.family("machine_thread_siblings_count", .gauge, "Threads that share a core.")
        for node in facts.nodes {
            for core in node.cores {
                for thread in core.threads {
                    writer.sample(
                        Double(core.threads.count),
                        [
                            ("node_id", String(node.id)), ("core_id", String(core.id)),
                            ("thread_id", String(thread)),
                        ])
                }
            }
        }
    }
}
