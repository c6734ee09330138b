#if canImport(Glibc)
    import Glibc
#endif

extension Collector {
    /// Reads the groups that are off by default.
    func readOptionalGroups(_ cgroup: Cgroup) {
        if groups.contains(.process) { readProcesses(cgroup) }
        if groups.contains(.hugetlb) { readHugePages(cgroup) }
        if groups.contains(.memoryNUMA) { readNUMA(cgroup) }
        if groups.contains(.cpuset) { cgroup.sample.memoryMigrate = number(.cpusetMemoryMigrate, cgroup) }
        if groups.contains(.scheduler) { readScheduler(cgroup) }
        if groups.contains(.resctrl) { readCache(cgroup) }
        if groups.contains(.referencedMemory) { readReferenced(cgroup) }
        if groups.contains(.cpuLoad), options.readsLoad { readTasks(cgroup) }
    }

    // MARK: - Processes

    /// The processes of the cgroup itself; at most 100,000.
    func processIDs(_ cgroup: Cgroup) -> [Int32] {
        // The file is longer than one reading when there are thousands.
        if read(.processes, cgroup), reader.count < 4000 { return processIDsRead() }
        for controller in [Controller.cpu, .memory, .pids, .unified] {
            guard let path = path(of: "cgroup.procs", controller, cgroup), reader.readFile(path) == 0 else {
                continue
            }
            return processIDsRead()
        }
        return []
    }

    private func processIDsRead() -> [Int32] {
        var result: [Int32] = []
        while let pid = reader.integer(), result.count < 100_000 {
            if pid > 0, pid < Int32.max { result.append(Int32(pid)) }
            reader.skipLine()
        }
        return result
    }

    /// The processes of the cgroup and of all below it.
    func processIDsOfTree(_ cgroup: Cgroup) -> [Int32] {
        var result = processIDs(cgroup)
        for name in cgroup.children {
            if let child = cgroups[cgroup.childPath(name)] { result += processIDsOfTree(child) }
        }
        return result
    }

    private func readProcesses(_ cgroup: Cgroup) {
        var sample = ProcessSample()
        let pids = processIDs(cgroup)
        sample.processes = UInt64(pids.count)
        for pid in pids {
            let folder = "\(procfs)/\(pid)/fd"
            for name in KernelPath.list(folder) {
                sample.fileDescriptors += 1
                if KernelPath.link(folder + "/" + name).hasPrefix("socket:") { sample.sockets += 1 }
            }
        }
        sample.threads = number(mounts?.version == .v2 ? .pidsCurrent : .pidsCurrentV1, cgroup) ?? 0
        sample.threadsMax = cgroup.spec.processLimit ?? 0
        if let first = pids.first, reader.readFile("\(procfs)/\(first)/limits") == 0 {
            while !reader.isAtEnd {
                if reader.skip("Max open files") {
                    reader.skipSpaces()
                    sample.openFilesLimit =
                        reader.skip("unlimited") ? -1 : reader.integer().map { Int64(clamping: $0) }
                    break
                }
                reader.skipLine()
            }
        }
        cgroup.sample.processes = sample
    }

    private func readScheduler(_ cgroup: Cgroup) {
        for pid in processIDsOfTree(cgroup) {
            guard reader.readFile("\(procfs)/\(pid)/schedstat") == 0, let run = reader.integer(),
                let queue = reader.integer(), let periods = reader.integer()
            else { continue }
            var sample = SchedulerSample()
            sample.runTime = run
            sample.queueTime = queue
            sample.runPeriods = periods
            cgroup.scheduler.see(pid, sample)
        }
        cgroup.sample.scheduler = cgroup.scheduler.finish()
    }

    private func readReferenced(_ cgroup: Cgroup) {
        var sum: UInt64 = 0
        for pid in processIDs(cgroup) {
            guard reader.readFile("\(procfs)/\(pid)/smaps_rollup") == 0 else { continue }
            while !reader.isAtEnd {
                if reader.skip("Referenced:") { sum &+= (reader.integer() ?? 0) &* 1024 }
                reader.skipLine()
            }
        }
        cgroup.sample.referencedBytes = sum
    }

    /// Counts threads by state, and lets the load follow with a time constant of ten seconds, the
    /// kernel's own way of averaging.
    private func readTasks(_ cgroup: Cgroup) {
        var tasks = TaskStates()
        for pid in processIDs(cgroup) {
            let folder = "\(procfs)/\(pid)/task"
            for thread in KernelPath.list(folder) {
                guard reader.readFile("\(folder)/\(thread)/stat") == 0 else { continue }
                // The command in parentheses may hold anything, so that the last one counts.
                var state: UInt8 = 0
                for place in 0..<reader.count where reader.byte(at: place) == UInt8(ascii: ")") {
                    state = reader.byte(at: place + 2)
                }
                switch state {
                case UInt8(ascii: "R"): tasks.running += 1
                case UInt8(ascii: "D"): tasks.uninterruptible += 1
                case UInt8(ascii: "T"), UInt8(ascii: "t"): tasks.stopped += 1
                case UInt8(ascii: "S"), UInt8(ascii: "I"): tasks.sleeping += 1
                default: continue
                }
            }
        }
        tasks.waitingForIO = tasks.uninterruptible
        let now = cgroup.sample.time
        let seconds = max(0, Double(now - cgroup.loadTime)) / 1000
        let decay = cgroup.loadTime == 0 ? 0 : exp(-seconds / 10)
        cgroup.load = cgroup.load * decay + Double(tasks.running) * (1 - decay)
        cgroup.loadWaiting = cgroup.loadWaiting * decay + Double(tasks.uninterruptible) * (1 - decay)
        cgroup.loadTime = now
        tasks.load = UInt64(max(0, cgroup.load * 1000))
        tasks.loadWaiting = UInt64(max(0, cgroup.loadWaiting * 1000))
        cgroup.sample.tasks = tasks
    }

    // MARK: - Memory

    private func readHugePages(_ cgroup: Cgroup) {
        cgroup.sample.hugePages.removeAll(keepingCapacity: true)
        for size in facts.hugePages {
            var sample = HugePageSample(pageSize: HugePageSample.name(kibibytes: size.size))
            let isV2 = mounts?.version == .v2
            let usage = isV2 ? "current" : "usage_in_bytes"
            // Reserved pages where the kernel counts them, used ones otherwise.
            guard
                let value = hugeNumber("\(sample.pageSize).rsvd.\(usage)", cgroup)
                    ?? hugeNumber("\(sample.pageSize).\(usage)", cgroup)
            else { continue }
            sample.usage = value
            if isV2 {
                if let path = path(of: "hugetlb.\(sample.pageSize).events", .hugetlb, cgroup),
                    reader.readFile(path) == 0, reader.skip("max ")
                {
                    sample.failures = reader.integer() ?? 0
                }
            } else {
                sample.maxUsage = hugeNumber("\(sample.pageSize).max_usage_in_bytes", cgroup) ?? 0
                sample.failures = hugeNumber("\(sample.pageSize).failcnt", cgroup) ?? 0
            }
            cgroup.sample.hugePages.append(sample)
        }
    }

    private func hugeNumber(_ name: String, _ cgroup: Cgroup) -> UInt64? {
        guard let path = path(of: "hugetlb." + name, .hugetlb, cgroup), reader.readFile(path) == 0 else {
            return nil
        }
        return reader.integer()
    }

    /// v1: `file=0 N0=0`, in pages. v2: memory.numa_stat `file N0=0`, in bytes, of the subtree.
    private func readNUMA(_ cgroup: Cgroup) {
        cgroup.sample.numaPages.removeAll(keepingCapacity: true)
        if mounts?.version == .v2 {
            guard let path = path(of: "memory.numa_stat", .memory, cgroup), reader.readFile(path) == 0 else {
                return
            }
            while !reader.isAtEnd {
                let type = reader.word()
                if type == "file" || type == "anon" || type == "unevictable" {
                    let start = reader.position
                    for scope in ["container", "hierarchy"] {
                        reader.position = start
                        readNodes(type: type, scope: scope, unit: 4096, cgroup)
                    }
                }
                reader.skipLine()
            }
            return
        }
        guard read(.memoryNUMAStat, cgroup) else { return }
        while !reader.isAtEnd {
            let scope = reader.skip("hierarchical_") ? "hierarchy" : "container"
            for type in ["file", "anon", "unevictable"]
            where reader.skip(type) && reader.skip(UInt8(ascii: "=")) {
                _ = reader.integer()
                readNodes(type: type, scope: scope, unit: 1, cgroup)
            }
            reader.skipLine()
        }
    }

    private func readNodes(type: String, scope: String, unit: UInt64, _ cgroup: Cgroup) {
        while true {
            reader.skipSpaces()
            guard reader.skip(UInt8(ascii: "N")), let node = reader.integer(), node < 65_536,
                reader.skip(UInt8(ascii: "=")), let value = reader.integer()
            else { return }
            cgroup.sample.numaPages.append(
                NUMAPages(type: type, scope: scope, node: Int(node), pages: value / unit))
        }
    }
}

extension HugePageSample {
    /// "2MB", "1GB", "64KB": the kernel's spelling in file names.
    static func name(kibibytes: UInt64) -> String {
        if kibibytes >= 1 << 20, kibibytes % (1 << 20) == 0 { return "\(kibibytes >> 20)GB" }
        if kibibytes >= 1 << 10, kibibytes % (1 << 10) == 0 { return "\(kibibytes >> 10)MB" }
        return "\(kibibytes)KB"
    }
}

/// Keeps scheduler counters growing when processes end.
struct SchedulerMemory {
    private var living: [Int32: SchedulerSample] = [:]
    private var seen: [Int32: SchedulerSample] = [:]
    private var ended = SchedulerSample()

    mutating func see(_ pid: Int32, _ sample: SchedulerSample) { seen[pid] = sample }

    /// The sum over the processes seen since the last call and those that ended before.
    mutating func finish() -> SchedulerSample {
        for (pid, last) in living {
            // Gone, or its number given to another process, whose counters begin anew.
            if let current = seen[pid], current.runTime >= last.runTime { continue }
            ended.add(last)
        }
        living = seen
        seen.removeAll(keepingCapacity: true)
        var sum = ended
        for sample in living.values { sum.add(sample) }
        return sum
    }
}

extension SchedulerSample {
    fileprivate mutating func add(_ other: SchedulerSample) {
        runTime &+= other.runTime
        queueTime &+= other.queueTime
        runPeriods &+= other.runPeriods
    }
}

extension FileReader {
    /// Moves behind `text` when it stands here.
    fileprivate mutating func skip(_ text: String) -> Bool {
        var place = position
        for byte in text.utf8 {
            guard self.byte(at: place) == byte else { return false }
            place += 1
        }
        position = place
        return true
    }
}
