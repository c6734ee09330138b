/// Keys of memory.stat, v2 names.
private enum MemoryKey: Int {
    case anon, file, mapped, inactiveFile, activeFile, dirty, writeback, faults, majorFaults, scan, steal
    case refaultFile, refaultAnon, kernel

    static let table = KeyTable([
        "anon", "file", "file_mapped", "inactive_file", "active_file", "file_dirty", "file_writeback",
        "pgfault", "pgmajfault", "pgscan", "pgsteal", "workingset_refault_file",
        "workingset_refault_anon", "kernel",
    ])
}

/// Keys of memory.stat, v1 names.
private enum MemoryKeyV1: Int {
    case rss, cache, mapped, inactiveFile, activeFile, dirty, writeback, swap, faults, majorFaults
    case faultsHierarchy, majorFaultsHierarchy, refaultFile, refaultAnon

    static let table = KeyTable([
        "total_rss", "total_cache", "total_mapped_file", "total_inactive_file", "total_active_file",
        "total_dirty", "total_writeback", "total_swap", "pgfault", "pgmajfault", "total_pgfault",
        "total_pgmajfault", "total_workingset_refault_file", "total_workingset_refault_anon",
    ])
}

private enum MemoryEventKey {
    static let table = KeyTable(["high", "max", "oom_kill"])
}

extension Collector {
    func readMemory(_ cgroup: Cgroup) {
        guard read(.memoryStat, cgroup) else {
            cgroup.sample.memory = nil
            return
        }
        clearNumbers()
        if reader.keyValues(MemoryKey.table, into: &numbers) == 0 { malformed(.memoryStat, cgroup) }
        var memory = MemorySample()
        memory.rss = numbers[MemoryKey.anon.rawValue]
        memory.cache = numbers[MemoryKey.file.rawValue]
        memory.mappedFile = numbers[MemoryKey.mapped.rawValue]
        memory.inactiveFile = numbers[MemoryKey.inactiveFile.rawValue]
        memory.activeFile = numbers[MemoryKey.activeFile.rawValue]
        memory.fileDirty = numbers[MemoryKey.dirty.rawValue]
        memory.fileWriteback = numbers[MemoryKey.writeback.rawValue]
        memory.pageFaults = numbers[MemoryKey.faults.rawValue]
        memory.majorFaults = numbers[MemoryKey.majorFaults.rawValue]
        memory.pageFaultsHierarchy = memory.pageFaults
        memory.majorFaultsHierarchy = memory.majorFaults
        memory.pagesScanned = numbers[MemoryKey.scan.rawValue]
        memory.pagesStolen = numbers[MemoryKey.steal.rawValue]
        memory.refaultsFile = numbers[MemoryKey.refaultFile.rawValue]
        memory.refaultsAnon = numbers[MemoryKey.refaultAnon.rawValue]
        memory.kernel = numbers[MemoryKey.kernel.rawValue]
        if cgroup.path == "/" {
            // The root has no memory.current.
            memory.usage = memory.rss &+ memory.cache
            let swap = MachineFacts.memory(procfs: procfs, reader: &reader)
            memory.swap = swap.total - min(swap.free, swap.total)
            cgroup.sample.oomEvents = MachineFacts.oomKills(procfs: procfs, reader: &reader) ?? 0
        } else {
            memory.usage = number(.memoryCurrent, cgroup) ?? 0
            memory.maxUsage = number(.memoryPeak, cgroup) ?? 0
            memory.swap = number(.memorySwapCurrent, cgroup) ?? 0
            if read(.memoryEvents, cgroup) {
                clearNumbers()
                _ = reader.keyValues(MemoryEventKey.table, into: &numbers)
                memory.eventsHigh = numbers[0]
                memory.eventsMax = numbers[1]
                memory.failures = numbers[1]
                cgroup.sample.oomEvents = numbers[2]
            }
        }
        memory.workingSet = memory.usage - min(memory.usage, memory.inactiveFile)
        cgroup.sample.memory = memory
    }

    func readMemoryV1(_ cgroup: Cgroup) {
        guard read(.memoryStatV1, cgroup) else {
            cgroup.sample.memory = nil
            return
        }
        clearNumbers()
        if reader.keyValues(MemoryKeyV1.table, into: &numbers) == 0 { malformed(.memoryStatV1, cgroup) }
        var memory = MemorySample()
        memory.rss = numbers[MemoryKeyV1.rss.rawValue]
        memory.cache = numbers[MemoryKeyV1.cache.rawValue]
        memory.mappedFile = numbers[MemoryKeyV1.mapped.rawValue]
        memory.inactiveFile = numbers[MemoryKeyV1.inactiveFile.rawValue]
        memory.activeFile = numbers[MemoryKeyV1.activeFile.rawValue]
        memory.fileDirty = numbers[MemoryKeyV1.dirty.rawValue]
        memory.fileWriteback = numbers[MemoryKeyV1.writeback.rawValue]
        memory.swap = numbers[MemoryKeyV1.swap.rawValue]
        memory.pageFaults = numbers[MemoryKeyV1.faults.rawValue]
        memory.majorFaults = numbers[MemoryKeyV1.majorFaults.rawValue]
        memory.pageFaultsHierarchy = numbers[MemoryKeyV1.faultsHierarchy.rawValue]
        memory.majorFaultsHierarchy = numbers[MemoryKeyV1.majorFaultsHierarchy.rawValue]
        memory.refaultsFile = numbers[MemoryKeyV1.refaultFile.rawValue]
        memory.refaultsAnon = numbers[MemoryKeyV1.refaultAnon.rawValue]
        memory.usage = number(.memoryUsage, cgroup) ?? 0
        memory.maxUsage = number(.memoryMaxUsage, cgroup) ?? 0
        memory.failures = number(.memoryFailcnt, cgroup) ?? 0
        memory.kernel = number(.memoryKernelUsage, cgroup) ?? 0
        if groups.contains(.oomEvents), read(.memoryOOMControl, cgroup) {
            clearNumbers()
            _ = reader.keyValues(MemoryEventKey.table, into: &numbers)
            cgroup.sample.oomEvents = numbers[2]
        }
        memory.workingSet = memory.usage - min(memory.usage, memory.inactiveFile)
        cgroup.sample.memory = memory
    }
}
