import ContainerStats
import JSON

/// Parts of a sample, as both APIs write them.
enum SampleForms {
    static func cpu(_ cpu: CPUSample, _ sample: ContainerSample) -> JSONValue {
        .members([
            (
                "usage",
                .members([
                    ("total", .counter(cpu.total)),
                    ("per_cpu_usage", cpu.perCPU.isEmpty ? nil : .array(cpu.perCPU.map { .counter($0) })),
                    ("user", .counter(cpu.user)), ("system", .counter(cpu.system)),
                ])
            ),
            (
                "cfs",
                [
                    "periods": .counter(cpu.periods), "throttled_periods": .counter(cpu.throttledPeriods),
                    "throttled_time": .counter(cpu.throttledTime),
                    "bursts_periods": .counter(cpu.burstPeriods),
                    "burst_time": .counter(cpu.burstTime),
                ]
            ),
            (
                "schedstat",
                [
                    "run_time": .counter(sample.scheduler?.runTime ?? 0),
                    "runqueue_time": .counter(sample.scheduler?.queueTime ?? 0),
                    "run_periods": .counter(sample.scheduler?.runPeriods ?? 0),
                ]
            ),
            ("load_average", .counter(sample.tasks?.load ?? 0)),
            ("load_d_average", .counter(sample.tasks?.loadWaiting ?? 0)),
            ("psi", psi(sample.pressure?.cpu)),
        ])
    }

    static func psi(_ resource: PressureSample.Resource?) -> JSONValue? {
        guard let resource else { return nil }
        func line(_ line: PressureSample.Line) -> JSONValue {
            [
                "total": .counter(line.total), "avg10": .number(line.average10),
                "avg60": .number(line.average60),
                "avg300": .number(line.average300),
            ]
        }
        return ["full": line(resource.full), "some": line(resource.some)]
    }

    static func memory(_ memory: MemorySample, _ sample: ContainerSample) -> JSONValue {
        func faults(_ minor: UInt64, _ major: UInt64, _ scope: String) -> JSONValue {
            let pages = sample.numaPages.filter { $0.scope == scope }
            func nodes(_ type: String) -> JSONValue {
                .object(
                    JSONObject(pages.filter { $0.type == type }.map { (String($0.node), .counter($0.pages)) })
                )
            }
            return .members([
                ("pgfault", .counter(minor)), ("pgmajfault", .counter(major)),
                (
                    "numa_stats",
                    pages.isEmpty
                        ? .object([:])
                        : [
                            "file": nodes("file"), "anon": nodes("anon"), "unevictable": nodes("unevictable"),
                        ]
                ),
            ])
        }
        return .members([
            ("usage", .counter(memory.usage)), ("max_usage", .counter(memory.maxUsage)),
            ("cache", .counter(memory.cache)), ("rss", .counter(memory.rss)), ("swap", .counter(memory.swap)),
            ("mapped_file", .counter(memory.mappedFile)), ("working_set", .counter(memory.workingSet)),
            ("total_active_file", .counter(memory.activeFile)),
            ("total_inactive_file", .counter(memory.inactiveFile)),
            ("file_dirty", .counter(memory.fileDirty)), ("file_writeback", .counter(memory.fileWriteback)),
            ("pgscan", .counter(memory.pagesScanned)), ("pgsteal", .counter(memory.pagesStolen)),
            ("workingset_refault_file", .counter(memory.refaultsFile)),
            ("workingset_refault_anon", .counter(memory.refaultsAnon)),
            ("failcnt", .counter(memory.failures)),
            ("kernel", .counter(memory.kernel)),
            ("container_data", faults(memory.pageFaults, memory.majorFaults, "container")),
            (
                "hierarchical_data",
                faults(memory.pageFaultsHierarchy, memory.majorFaultsHierarchy, "hierarchy")
            ),
            ("psi", psi(sample.pressure?.memory)),
            ("events", ["high": .counter(memory.eventsHigh), "max": .counter(memory.eventsMax)]),
        ])
    }

    static func diskIO(_ sample: ContainerSample) -> JSONValue {
        func list(_ part: (DeviceSample) -> DeviceSample.Operations) -> JSONValue? {
            let entries = sample.devices.compactMap { device -> JSONValue? in
                let operations = part(device)
                guard operations.present != 0 else { return nil }
                var stats = JSONObject()
                for (index, name) in DeviceSample.operationNames.enumerated()
                where operations.present & (1 << UInt8(index)) != 0 {
                    stats[name] = .counter(operations.values[index])
                }
                return [
                    "device": .string(device.name), "major": .number(Int(device.major)),
                    "minor": .number(Int(device.minor)), "stats": .object(stats),
                ]
            }
            return entries.isEmpty ? nil : .array(entries)
        }
        func cost(_ index: Int) -> JSONValue? {
            let entries = sample.devices.filter { $0.cost.indices.contains(index) }.map {
                device -> JSONValue in
                [
                    "device": .string(device.name), "major": .number(Int(device.major)),
                    "minor": .number(Int(device.minor)), "stats": ["Count": .counter(device.cost[index])],
                ]
            }
            return entries.isEmpty ? nil : .array(entries)
        }
        return .members([
            ("io_service_bytes", list { $0.bytes }), ("io_serviced", list { $0.requests }),
            ("io_queued", list { $0.queued }), ("sectors", list { $0.sectors }),
            ("io_service_time", list { $0.serviceTime }), ("io_wait_time", list { $0.waitTime }),
            ("io_merged", list { $0.merged }), ("io_cost_usage", cost(0)), ("io_cost_wait", cost(1)),
            ("io_cost_indebt", cost(2)), ("io_cost_indelay", cost(3)), ("psi", psi(sample.pressure?.io)),
        ])
    }

    static func interface(_ interface: InterfaceSample) -> [(String, JSONValue?)] {
        [
            ("name", .string(interface.name)),
            ("rx_bytes", .counter(interface.receivedBytes)),
            ("rx_packets", .counter(interface.receivedPackets)),
            ("rx_errors", .counter(interface.receivedErrors)),
            ("rx_dropped", .counter(interface.receivedDropped)),
            ("tx_bytes", .counter(interface.sentBytes)), ("tx_packets", .counter(interface.sentPackets)),
            ("tx_errors", .counter(interface.sentErrors)), ("tx_dropped", .counter(interface.sentDropped)),
        ]
    }

    /// The tables of sockets, all zeros when they are not read.
    static func sockets(_ sockets: SocketSample?) -> [(String, JSONValue?)] {
        let states = [
            "Established", "SynSent", "SynRecv", "FinWait1", "FinWait2", "TimeWait", "Close", "CloseWait",
            "LastAck", "Listen", "Closing",
        ]
        func tcp(_ counts: [UInt64]) -> JSONValue {
            .object(
                JSONObject(
                    states.enumerated().map { ($1, .counter(counts.indices.contains($0) ? counts[$0] : 0)) }))
        }
        func udp(_ table: SocketSample.UDP?) -> JSONValue {
            [
                "Listen": .counter(table?.listening ?? 0), "Dropped": .counter(table?.dropped ?? 0),
                "RxQueued": .counter(table?.receiveQueued ?? 0), "TxQueued": .counter(table?.sendQueued ?? 0),
            ]
        }
        let advanced = (sockets?.advanced ?? []).map { ($0.name, JSONValue.number(Int($0.value))) }
        return [
            ("tcp", tcp(sockets?.tcp ?? [])), ("tcp6", tcp(sockets?.tcp6 ?? [])), ("udp", udp(sockets?.udp)),
            ("udp6", udp(sockets?.udp6)), ("tcp_advanced", .object(JSONObject(advanced))),
        ]
    }

    static func filesystem(_ filesystem: FilesystemSample) -> JSONValue {
        .members(
            [
                ("device", .string(filesystem.device)), ("type", .string(filesystem.type)),
                ("capacity", .counter(filesystem.capacity)), ("usage", .counter(filesystem.usage)),
                ("base_usage", .counter(filesystem.baseUsage)), ("available", .counter(filesystem.available)),
                ("has_inodes", .bool(filesystem.inodes != nil)), ("inodes", .counter(filesystem.inodes ?? 0)),
                ("inodes_free", .counter(filesystem.inodesFree ?? 0)),
            ] + disk(filesystem.disk))
    }

    /// The API's times are milliseconds, as the kernel's.
    private static func disk(_ counters: DiskCounters?) -> [(String, JSONValue?)] {
        let counters = counters ?? DiskCounters()
        return [
            ("reads_completed", .counter(counters.reads)), ("reads_merged", .counter(counters.readsMerged)),
            ("sectors_read", .counter(counters.sectorsRead)), ("read_time", .counter(counters.readTime)),
            ("writes_completed", .counter(counters.writes)),
            ("writes_merged", .counter(counters.writesMerged)),
            ("sectors_written", .counter(counters.sectorsWritten)),
            ("write_time", .counter(counters.writeTime)),
            ("io_in_progress", .counter(counters.inProgress)), ("io_time", .counter(counters.time)),
            ("weighted_io_time", .counter(counters.weightedTime)),
        ]
    }

    static func tasks(_ tasks: TaskStates?) -> JSONValue {
        [
            "nr_sleeping": .counter(tasks?.sleeping ?? 0), "nr_running": .counter(tasks?.running ?? 0),
            "nr_stopped": .counter(tasks?.stopped ?? 0),
            "nr_uninterruptible": .counter(tasks?.uninterruptible ?? 0),
            "nr_io_wait": .counter(tasks?.waitingForIO ?? 0),
        ]
    }

    static func processes(_ processes: ProcessSample?) -> JSONValue {
        .members([
            ("process_count", .counter(processes?.processes ?? 0)),
            ("fd_count", .counter(processes?.fileDescriptors ?? 0)),
            ("socket_count", .counter(processes?.sockets ?? 0)),
            ("threads_current", .counter(processes?.threads ?? 0)),
            ("threads_max", .counter(processes?.threadsMax ?? 0)),
        ])
    }

    static func hugePages(_ pages: [HugePageSample]) -> JSONValue? {
        guard !pages.isEmpty else { return nil }
        return .object(
            JSONObject(
                pages.map { page in
                    (
                        page.pageSize,
                        [
                            "usage": .counter(page.usage), "max_usage": .counter(page.maxUsage),
                            "failcnt": .counter(page.failures),
                        ]
                    )
                }))
    }
}
