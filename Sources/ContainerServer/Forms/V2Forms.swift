import ContainerStats
import JSON

/// Answers of the second API.
enum V2Forms {
    /// Samples with what was used between each and the one before.
    static func stats(_ samples: [ContainerSample]) -> JSONValue {
        .array(
            samples.enumerated().map { index, sample in
                .members([
                    ("timestamp", .time(sample.time)),
                    ("has_cpu", .bool(sample.cpu != nil)),
                    ("cpu", sample.cpu.map { SampleForms.cpu($0, sample) }),
                    ("cpu_inst", index > 0 ? rate(from: samples[index - 1], to: sample) : nil),
                    ("has_diskio", .bool(!sample.devices.isEmpty)),
                    ("diskio", sample.devices.isEmpty ? nil : SampleForms.diskIO(sample)),
                    ("has_memory", .bool(sample.memory != nil)),
                    ("memory", sample.memory.map { SampleForms.memory($0, sample) }),
                    ("has_hugetlb", .bool(!sample.hugePages.isEmpty)),
                    ("hugetlb", SampleForms.hugePages(sample.hugePages)),
                    ("has_network", .bool(!sample.interfaces.isEmpty)),
                    ("network", network(sample)),
                    ("has_processes", .bool(sample.processes != nil)),
                    ("processes", sample.processes.map { SampleForms.processes($0) }),
                    ("has_filesystem", .bool(!sample.filesystems.isEmpty)),
                    (
                        "filesystem",
                        sample.filesystems.isEmpty
                            ? nil : .array(sample.filesystems.map(SampleForms.filesystem))
                    ),
                    ("has_load", .bool(sample.tasks != nil)),
                    ("load_stats", SampleForms.tasks(sample.tasks)),
                    ("has_custom_metrics", false),
                ])
            })
    }

    /// The same for version 2.1, where absent parts are left out.
    static func statsV21(_ samples: [ContainerSample], isRoot: Bool) -> JSONValue {
        .array(
            samples.enumerated().map { index, sample in
                .members([
                    ("timestamp", .time(sample.time)),
                    ("cpu", sample.cpu.map { SampleForms.cpu($0, sample) }),
                    ("cpu_inst", index > 0 ? rate(from: samples[index - 1], to: sample) : nil),
                    ("diskio", sample.devices.isEmpty ? nil : SampleForms.diskIO(sample)),
                    ("memory", sample.memory.map { SampleForms.memory($0, sample) }),
                    ("hugetlb", SampleForms.hugePages(sample.hugePages)),
                    ("network", network(sample)),
                    ("processes", sample.processes.map { SampleForms.processes($0) }),
                    (
                        "filesystem",
                        sample.filesystems.first.map { filesystem in
                            // The key's spelling is the original's.
                            [
                                "totalUsageBytes": .counter(filesystem.usage),
                                "baseUsageBytes": .counter(filesystem.baseUsage),
                                "containter_inode_usage": 0,
                            ]
                        }
                    ),
                    ("load_stats", sample.tasks.map { SampleForms.tasks($0) }),
                    ("oom_events", .counter(sample.oomEvents)),
                ])
            })
    }

    /// MachineStats of version 2.1.
    static func machine(_ samples: [ContainerSample]) -> JSONValue {
        .array(
            samples.enumerated().map { index, sample in
                .members([
                    ("timestamp", .time(sample.time)),
                    ("cpu", sample.cpu.map { SampleForms.cpu($0, sample) }),
                    ("cpu_inst", index > 0 ? rate(from: samples[index - 1], to: sample) : nil),
                    ("memory", sample.memory.map { SampleForms.memory($0, sample) }),
                    ("network", network(sample)),
                    ("filesystem", .array(sample.filesystems.map(machineFilesystem))),
                ])
            })
    }

    private static func machineFilesystem(_ filesystem: FilesystemSample) -> JSONValue {
        let disk = filesystem.disk ?? DiskCounters()
        return .members([
            ("device", .string(filesystem.device)), ("type", .string(filesystem.type)),
            ("capacity", .counter(filesystem.capacity)), ("usage", .counter(filesystem.usage)),
            ("available", .counter(filesystem.available)),
            ("inodes_free", filesystem.inodesFree.map { .counter($0) }),
            (
                "inline",
                [
                    "reads_completed": .counter(disk.reads), "reads_merged": .counter(disk.readsMerged),
                    "sectors_read": .counter(disk.sectorsRead),
                    "read_duration": .counter(disk.readTime &* 1_000_000),
                    "writes_completed": .counter(disk.writes), "writes_merged": .counter(disk.writesMerged),
                    "sectors_written": .counter(disk.sectorsWritten),
                    "write_duration": .counter(disk.writeTime &* 1_000_000),
                    "io_in_progress": .counter(disk.inProgress),
                    "io_duration": .counter(disk.time &* 1_000_000),
                    "weighted_io_duration": .counter(disk.weightedTime &* 1_000_000),
                ]
            ),
        ])
    }

    private static func network(_ sample: ContainerSample) -> JSONValue? {
        guard !sample.interfaces.isEmpty else { return nil }
        return .members(
            [("interfaces", .array(sample.interfaces.map { .members(SampleForms.interface($0)) }))]
                + SampleForms.sockets(sample.sockets))
    }

    /// Nanoseconds of processor time a second; nil without two readings in order.
    private static func rate(from old: ContainerSample, to new: ContainerSample) -> JSONValue? {
        guard let before = old.cpu, let after = new.cpu, new.time > old.time else { return nil }
        let seconds = Double(new.time - old.time) / 1000
        func rate(_ old: UInt64, _ new: UInt64) -> JSONValue {
            new < old ? 0 : .counter(UInt64(min(Double(new - old) / seconds, 1e18)))
        }
        let perCPU =
            before.perCPU.count == after.perCPU.count && !after.perCPU.isEmpty
            ? JSONValue.array(zip(before.perCPU, after.perCPU).map { rate($0, $1) }) : nil
        return [
            "usage": .members([
                ("total", rate(before.total, after.total)), ("per_cpu_usage", perCPU),
                ("user", rate(before.user, after.user)), ("system", rate(before.system, after.system)),
            ])
        ]
    }

    /// DerivedStats: processor use in thousandths of a processor, and memory, over the samples kept.
    static func summary(_ samples: [ContainerSample]) -> JSONValue {
        var cpu: [UInt64] = []
        for (old, new) in zip(samples, samples.dropFirst()) where new.time > old.time {
            let used = (new.cpu?.total ?? 0).subtractingReportingOverflow(old.cpu?.total ?? 0)
            if !used.overflow {
                cpu.append(UInt64(Double(used.partialValue) / Double(new.time - old.time) / 1000))
            }
        }
        let memory = samples.compactMap { $0.memory?.workingSet }
        let span = (samples.last?.time ?? 0) - (samples.first?.time ?? 0)
        func usage(_ seconds: Int64) -> JSONValue {
            let isPresent = seconds == 60 && !cpu.isEmpty
            return [
                "percent_complete": .number(Int(min(100, span / 10 / seconds))),
                "cpu": percentiles(isPresent ? cpu : []), "memory": percentiles(isPresent ? memory : []),
            ]
        }
        return [
            "timestamp": .time(samples.last?.time ?? 0),
            "latest_usage": ["cpu": .counter(cpu.last ?? 0), "memory": .counter(memory.last ?? 0)],
            "minute_usage": usage(60), "hour_usage": usage(3600), "day_usage": usage(86_400),
        ]
    }

    private static func percentiles(_ values: [UInt64]) -> JSONValue {
        let sorted = values.sorted()
        func at(_ part: Double) -> JSONValue {
            sorted.isEmpty ? 0 : .counter(sorted[min(Int(Double(sorted.count) * part), sorted.count - 1)])
        }
        let count = Double(max(values.count, 1))
        let mean = values.reduce(0.0) { $0 + Double($1) } / count
        let deviation = (values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count)
            .squareRoot()
        return [
            "present": .bool(!values.isEmpty), "mean": .counter(UInt64(mean)),
            "std": .counter(UInt64(deviation)),
            "max": .counter(sorted.last ?? 0), "fifty": at(0.5), "ninety": at(0.9), "ninetyfive": at(0.95),
            "count": .number(values.count),
        ]
    }

    static func storage(_ snapshot: MachineSnapshot) -> JSONValue {
        let root = snapshot.containers.first { $0.path == "/" }?.sample
        return .array(
            (root?.filesystems ?? []).map { filesystem in
                .members([
                    ("timestamp", .time(snapshot.time)), ("device", .string(filesystem.device)),
                    ("mountpoint", .string(filesystem.mountPoint)),
                    ("capacity", .counter(filesystem.capacity)),
                    ("available", .counter(filesystem.available)), ("usage", .counter(filesystem.usage)),
                    ("labels", filesystem.mountPoint == "/" ? ["root"] : []),
                    ("inodes", filesystem.inodes.map { .counter($0) }),
                    ("inodes_free", filesystem.inodesFree.map { .counter($0) }),
                ])
            })
    }

    static func processes(_ processes: [ContainerProcess], now: Int64) -> JSONValue {
        .array(
            processes.map { process in
                let running = Int(process.cpuTime)
                let started = RFC3339.text(nanoseconds: Int64(max(0, process.started)) * 1_000_000_000)
                func two(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
                return [
                    "user": .string(process.user), "pid": .number(process.pid),
                    "parent_pid": .number(process.parent),
                    "start_time": .string(String(started.dropFirst(11).prefix(5))),
                    "percent_cpu": .number((process.cpuPercent * 10).rounded() / 10),
                    "percent_mem": .number((process.memoryPercent * 10).rounded() / 10),
                    "rss": .counter(process.resident), "virtual_size": .counter(process.virtual),
                    "status": .string(process.status),
                    "running_time": .string(
                        "\(two(running / 3600)):\(two(running / 60 % 60)):\(two(running % 60))"),
                    "cgroup_path": .string(process.cgroupPath), "cmd": .string(process.command),
                    "fd_count": .number(process.fileDescriptors), "psr": .number(process.processor),
                ]
            })
    }

    static func event(_ event: ContainerEvent) -> JSONValue {
        var data = JSONObject()
        switch event.kind {
        case .oom, .oomKill:
            data["oom"] = [
                "pid": .number(event.pid), "process_name": .string(event.processName),
                "constraint": .string(event.constraint),
            ]
        case .containerDeletion: data["container_deletion"] = ["exit_code": .number(event.exitCode)]
        case .containerCreation: break
        }
        return [
            "container_name": .string(event.path), "timestamp": .time(event.time),
            "event_type": .string(event.kind.rawValue), "event_data": .object(data),
        ]
    }
}
