/// A controller, or a hierarchy, whose folder holds control files.
enum Controller: Int, CaseIterable {
    case cpu, cpuacct, memory, blkio, pids, cpuset, hugetlb
    /// The cgroup v2 hierarchy; beside v1 controllers it has the pressure files.
    case unified

    /// The name in mountinfo and in folder names.
    var name: String { self == .unified ? "unified" : "\(self)" }
}

/// The control files that are read at each collection, so that their descriptors are worth keeping.
enum ControlFile: Int, CaseIterable {
    // cgroup v1
    case cpuacctUsagePerCPU, cpuacctUsage, cpuacctStat, cpuStatV1
    case memoryStatV1, memoryUsage, memoryMaxUsage, memoryFailcnt, memoryKernelUsage, memoryOOMControl
    case bfqBytes, bfqServiced, bfqSectors, bfqMerged, bfqQueued, bfqServiceTime, bfqWaitTime, bfqTime
    case cfqBytes, cfqServiced, cfqSectors, cfqMerged, cfqQueued, cfqServiceTime, cfqWaitTime, cfqTime
    case throttleBytes, throttleServiced
    case throttleBytesLocal, throttleServicedLocal
    case pidsCurrentV1, memoryNUMAStat, cpusetMemoryMigrate, processes
    // cgroup v2
    case cpuStat, memoryStat, memoryCurrent, memoryPeak, memorySwapCurrent, memoryEvents, ioStat, pidsCurrent
    // both, v1 on a hybrid machine
    case cpuPressure, memoryPressure, ioPressure

    var controller: Controller {
        switch self {
        case .cpuacctUsagePerCPU, .cpuacctUsage, .cpuacctStat: .cpuacct
        case .cpuStatV1, .processes: .cpu
        case .memoryStatV1, .memoryUsage, .memoryMaxUsage, .memoryFailcnt, .memoryKernelUsage,
            .memoryOOMControl, .memoryNUMAStat:
            .memory
        case .bfqBytes, .bfqServiced, .bfqSectors, .bfqMerged, .bfqQueued, .bfqServiceTime, .bfqWaitTime,
            .bfqTime, .cfqBytes, .cfqServiced, .cfqSectors, .cfqMerged, .cfqQueued, .cfqServiceTime,
            .cfqWaitTime, .cfqTime, .throttleBytes, .throttleServiced, .throttleBytesLocal,
            .throttleServicedLocal:
            .blkio
        case .pidsCurrentV1: .pids
        case .cpusetMemoryMigrate: .cpuset
        case .cpuStat, .memoryStat, .memoryCurrent, .memoryPeak, .memorySwapCurrent, .memoryEvents, .ioStat,
            .pidsCurrent, .cpuPressure, .memoryPressure, .ioPressure:
            .unified
        }
    }

    var name: String {
        switch self {
        case .cpuacctUsagePerCPU: "cpuacct.usage_percpu"
        case .cpuacctUsage: "cpuacct.usage"
        case .cpuacctStat: "cpuacct.stat"
        case .cpuStatV1, .cpuStat: "cpu.stat"
        case .memoryStatV1, .memoryStat: "memory.stat"
        case .memoryUsage: "memory.usage_in_bytes"
        case .memoryMaxUsage: "memory.max_usage_in_bytes"
        case .memoryFailcnt: "memory.failcnt"
        case .memoryKernelUsage: "memory.kmem.usage_in_bytes"
        case .memoryOOMControl: "memory.oom_control"
        case .memoryNUMAStat: "memory.numa_stat"
        case .bfqBytes: "blkio.bfq.io_service_bytes_recursive"
        case .bfqServiced: "blkio.bfq.io_serviced_recursive"
        case .bfqSectors: "blkio.bfq.sectors_recursive"
        case .bfqMerged: "blkio.bfq.io_merged_recursive"
        case .bfqQueued: "blkio.bfq.io_queued_recursive"
        case .bfqServiceTime: "blkio.bfq.io_service_time_recursive"
        case .bfqWaitTime: "blkio.bfq.io_wait_time_recursive"
        case .bfqTime: "blkio.bfq.time_recursive"
        case .cfqBytes: "blkio.io_service_bytes_recursive"
        case .cfqServiced: "blkio.io_serviced_recursive"
        case .cfqSectors: "blkio.sectors_recursive"
        case .cfqMerged: "blkio.io_merged_recursive"
        case .cfqQueued: "blkio.io_queued_recursive"
        case .cfqServiceTime: "blkio.io_service_time_recursive"
        case .cfqWaitTime: "blkio.io_wait_time_recursive"
        case .cfqTime: "blkio.time_recursive"
        case .throttleBytes: "blkio.throttle.io_service_bytes_recursive"
        case .throttleServiced: "blkio.throttle.io_serviced_recursive"
        case .throttleBytesLocal: "blkio.throttle.io_service_bytes"
        case .throttleServicedLocal: "blkio.throttle.io_serviced"
        case .pidsCurrentV1, .pidsCurrent: "pids.current"
        case .cpusetMemoryMigrate: "cpuset.memory_migrate"
        case .processes: "cgroup.procs"
        case .memoryCurrent: "memory.current"
        case .memoryPeak: "memory.peak"
        case .memorySwapCurrent: "memory.swap.current"
        case .memoryEvents: "memory.events"
        case .ioStat: "io.stat"
        case .cpuPressure: "cpu.pressure"
        case .memoryPressure: "memory.pressure"
        case .ioPressure: "io.pressure"
        }
    }
}
