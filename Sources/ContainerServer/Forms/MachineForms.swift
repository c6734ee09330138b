import ContainerStats
import JSON

/// The machine, as both APIs write it.
enum MachineForms {
    /// MachineInfo of the first API.
    static func v1(_ snapshot: MachineSnapshot) -> JSONValue {
        let facts = snapshot.machine
        return .members(
            [
                ("timestamp", .time(facts.time)), ("vendor_id", .string(facts.vendor)),
                ("num_cores", .number(facts.cores)), ("num_physical_cores", .number(facts.physicalCores)),
                ("num_sockets", .number(facts.sockets)),
            ] + common(snapshot) + [
                ("swap_capacity", .counter(facts.swap)),
                (
                    "memory_by_type",
                    .object(
                        JSONObject(
                            facts.memoryModules.map { modules in
                                (
                                    modules.type,
                                    [
                                        "capacity": .counter(modules.capacity),
                                        "dimm_count": .counter(modules.count),
                                    ]
                                )
                            }))
                ),
                // The space in the second name is the original's.
                ("nvm", ["memory_mode_capacity": 0, "app direct_mode_capacity": 0, "avg_power_budget": 0]),
            ])
    }

    /// Attributes of the second API.
    static func attributes(_ snapshot: MachineSnapshot, version: String) -> JSONValue {
        let facts = snapshot.machine
        return .members(
            [
                ("kernel_version", .string(facts.kernelVersion)),
                ("container_os_version", .string(facts.osVersion)),
                ("docker_version", .string(facts.dockerVersion)), ("cadvisor_version", .string(version)),
                ("num_cores", .number(facts.cores)),
            ] + common(snapshot))
    }

    private static func common(_ snapshot: MachineSnapshot) -> [(String, JSONValue?)] {
        let facts = snapshot.machine
        let filesystems = snapshot.containers.first { $0.path == "/" }?.sample?.filesystems ?? []
        return [
            ("cpu_frequency_khz", .counter(facts.frequencyKHz)), ("memory_capacity", .counter(facts.memory)),
            ("hugepages", hugePages(facts.hugePages)), ("machine_id", .string(facts.machineID)),
            ("system_uuid", .string(facts.systemUUID)), ("boot_id", .string(facts.bootID)),
            (
                "filesystems",
                .array(
                    filesystems.map { filesystem in
                        [
                            "device": .string(filesystem.device), "capacity": .counter(filesystem.capacity),
                            "type": .string(filesystem.disk == nil ? "vfs" : "block"),
                            "inodes": .counter(filesystem.inodes ?? 0),
                            "has_inodes": .bool(filesystem.inodes != nil),
                        ]
                    })
            ),
            (
                "disk_map",
                .object(
                    JSONObject(
                        facts.disks.map { disk in
                            (
                                "\(disk.major):\(disk.minor)",
                                [
                                    "name": .string(disk.name), "major": .number(Int(disk.major)),
                                    "minor": .number(Int(disk.minor)),
                                    "size": .counter(disk.size), "scheduler": .string(disk.scheduler),
                                ]
                            )
                        }))
            ),
            (
                "network_devices",
                .array(
                    facts.interfaces.map { interface in
                        [
                            "name": .string(interface.name), "mac_address": .string(interface.macAddress),
                            "speed": .number(Int(interface.speed)), "mtu": .number(Int(interface.mtu)),
                        ]
                    })
            ),
            ("topology", .array(facts.nodes.map(node))), ("cloud_provider", "Unknown"),
            ("instance_type", "Unknown"),
            ("instance_id", "None"),
        ]
    }

    private static func hugePages(_ pages: [HugePages]) -> JSONValue {
        .array(pages.map { ["page_size": .counter($0.size), "num_pages": .counter($0.count)] })
    }

    private static func node(_ node: MachineNode) -> JSONValue {
        func caches(_ caches: [MachineCache]) -> JSONValue {
            .array(
                caches.map { cache in
                    [
                        "id": .number(cache.id), "size": .counter(cache.size), "type": .string(cache.type),
                        "level": .number(cache.level),
                    ]
                })
        }
        return [
            "node_id": .number(node.id), "memory": .counter(node.memory),
            "hugepages": hugePages(node.hugePages),
            "cores": .array(
                node.cores.map { core in
                    [
                        "core_id": .number(core.id), "thread_ids": .array(core.threads.map { .number($0) }),
                        "caches": caches(core.caches), "uncore_caches": [], "socket_id": .number(core.socket),
                    ]
                }),
            "caches": caches(node.caches), "distances": .array(node.distances.map { .counter($0) }),
        ]
    }
}
