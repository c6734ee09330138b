import Exposition

extension ContainerFamily {
    /// All families of containers, sorted by name.
    static let all: [ContainerFamily] =
        (basic + cpu + memoryFamilies + disk + network + pressureFamilies + processes + caches)
        .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }

    private static let basic: [ContainerFamily] = [
        ContainerFamily(
            "container_creation_time_seconds", .gauge, nil,
            "When the container was made, in seconds since 1970."
        ) {
            if $0.identity.created > 0 { $1.sample($0.identity.created.rounded(.down)) }
        },
        ContainerFamily(
            "container_start_time_seconds", .gauge, nil,
            "When the container last began to run, in seconds since 1970."
        ) {
            if $0.identity.started > 0 { $1.sample($0.identity.started.rounded(.down)) }
        },
        ContainerFamily(
            "container_health_state", .gauge, nil,
            "Result of the health check: 1 healthy, 0 not, -1 without one."
        ) {
            if $0.sample != nil { $1.sample(Double($0.identity.health)) }
        },
        .value("container_last_seen", .gauge, nil, "When the container was last read, in seconds since 1970.")
        {
            Double($0.time / 1000)
        },
        ContainerFamily(
            "container_spec_cpu_period", .gauge, nil, "Period of the processor quota in microseconds."
        ) {
            if let cpu = $0.spec.cpu { $1.sample(Double(cpu.period)) }
        },
        ContainerFamily(
            "container_spec_cpu_quota", .gauge, nil, "Processor time allowed in each period, in microseconds."
        ) {
            if let cpu = $0.spec.cpu, cpu.quota != 0 { $1.sample(Double(cpu.quota)) }
        },
        ContainerFamily(
            "container_spec_cpu_shares", .gauge, nil,
            "Relative share of processor time, 1024 by default under cgroup v1."
        ) {
            if let cpu = $0.spec.cpu { $1.sample(Double(cpu.shares)) }
        },
        ContainerFamily("container_spec_memory_limit_bytes", .gauge, nil, "Memory limit in bytes; 0 is none.")
        {
            if let memory = $0.spec.memory { $1.sample(shown(limit: memory.limit)) }
        },
        ContainerFamily(
            "container_spec_memory_reservation_limit_bytes", .gauge, nil,
            "Memory kept for the container when memory is scarce, in bytes; 0 is none."
        ) {
            if let memory = $0.spec.memory { $1.sample(shown(limit: memory.reservation)) }
        },
        ContainerFamily(
            "container_spec_memory_swap_limit_bytes", .gauge, nil,
            "Swap limit in bytes (cgroup v1: memory and swap together); 0 is none."
        ) {
            if let memory = $0.spec.memory { $1.sample(shown(limit: memory.swapLimit)) }
        },
        .value(
            "container_oom_events_total", .counter, .oomEvents,
            "Processes that the kernel killed for want of memory."
        ) {
            Double($0.oomEvents)
        },
    ]

    private static let cpu: [ContainerFamily] = [
        ContainerFamily("container_cpu_usage_seconds_total", .counter, .cpu, "Processor time in seconds.") {
            container, writer in
            guard let cpu = container.sample?.cpu else { return }
            if cpu.perCPU.isEmpty {
                if cpu.total > 0 { writer.sample(Double(cpu.total) / 1e9, "cpu", "total") }
            } else {
                for (index, time) in cpu.perCPU.enumerated() where time > 0 {
                    writer.sample(Double(time) / 1e9, "cpu", index < 10 ? "cpu0\(index)" : "cpu\(index)")
                }
            }
        },
        .value("container_cpu_user_seconds_total", .counter, .cpu, "Processor time in user mode in seconds.")
        {
            $0.cpu.map { Double($0.user) / 1e9 }
        },
        .value(
            "container_cpu_system_seconds_total", .counter, .cpu, "Processor time in the kernel in seconds."
        ) {
            $0.cpu.map { Double($0.system) / 1e9 }
        },
        .quota("periods_total", "Periods of the quota that have passed.") { Double($0.periods) },
        .quota("throttled_periods_total", "Periods in which the quota was used up.") {
            Double($0.throttledPeriods)
        },
        .quota("throttled_seconds_total", "Seconds for which the container was held back by its quota.") {
            Double($0.throttledTime) / 1e9
        },
        .quota("burst_periods_total", "Periods in which more than the quota was used.") {
            Double($0.burstPeriods)
        },
        .quota("burst_seconds_total", "Seconds used beyond the quota.") { Double($0.burstTime) / 1e9 },
        .value(
            "container_cpu_schedstat_run_seconds_total", .counter, .scheduler,
            "Seconds for which processes ran."
        ) {
            $0.scheduler.map { Double($0.runTime) / 1e9 }
        },
        .value(
            "container_cpu_schedstat_runqueue_seconds_total", .counter, .scheduler,
            "Seconds for which processes waited to run."
        ) {
            $0.scheduler.map { Double($0.queueTime) / 1e9 }
        },
        .value(
            "container_cpu_schedstat_run_periods_total", .counter, .scheduler,
            "Times that processes were given the processor."
        ) {
            $0.scheduler.map { Double($0.runPeriods) }
        },
        .value(
            "container_cpu_load_average_10s", .gauge, .cpuLoad,
            "Running tasks, averaged over the last 10 seconds, times 1000."
        ) {
            $0.tasks.map { Double($0.load) }
        },
        .value(
            "container_cpu_load_d_average_10s", .gauge, .cpuLoad,
            "Uninterruptible tasks, averaged over the last 10 seconds, times 1000."
        ) {
            $0.tasks.map { Double($0.loadWaiting) }
        },
        ContainerFamily("container_tasks_state", .gauge, .cpuLoad, "Tasks by state.") { container, writer in
            guard let tasks = container.sample?.tasks else { return }
            writer.sample(Double(tasks.sleeping), "state", "sleeping")
            writer.sample(Double(tasks.running), "state", "running")
            writer.sample(Double(tasks.stopped), "state", "stopped")
            writer.sample(Double(tasks.uninterruptible), "state", "uninterruptible")
            writer.sample(Double(tasks.waitingForIO), "state", "iowaiting")
        },
    ]

    private static let memoryFamilies: [ContainerFamily] = [
        .memory("usage_bytes", .gauge, "Memory in use in bytes, page cache included.") { $0.usage },
        .memory("working_set_bytes", .gauge, "Memory in use without inactive page cache, in bytes.") {
            $0.workingSet
        },
        .memory("rss", .gauge, "Anonymous memory in bytes.") { $0.rss },
        .memory("cache", .gauge, "Page cache in bytes.") { $0.cache },
        .memory("swap", .gauge, "Swap in use in bytes.") { $0.swap },
        .memory("mapped_file", .gauge, "Mapped files in bytes.") { $0.mappedFile },
        .memory("max_usage_bytes", .gauge, "Most memory that was in use, in bytes.") { $0.maxUsage },
        .memory("failcnt", .counter, "Times that memory use hit the limit.") { $0.failures },
        .memory("kernel_usage", .gauge, "Kernel memory in bytes.") { $0.kernel },
        .memory("total_active_file_bytes", .gauge, "Page cache that was used lately, in bytes.") {
            $0.activeFile
        },
        .memory("total_inactive_file_bytes", .gauge, "Page cache that was not used lately, in bytes.") {
            $0.inactiveFile
        },
        .memory("events_high_total", .counter, "Times that processes were slowed down at memory.high.") {
            $0.eventsHigh
        },
        .memory("events_max_total", .counter, "Times that memory use was about to pass memory.max.") {
            $0.eventsMax
        },
        .memory("file_dirty_bytes", .gauge, "Page cache that is yet to be written, in bytes.") {
            $0.fileDirty
        },
        .memory("file_writeback_bytes", .gauge, "Page cache that is being written, in bytes.") {
            $0.fileWriteback
        },
        .memory("pgscan_total", .counter, "Pages scanned for reclaim.") { $0.pagesScanned },
        .memory("pgsteal_total", .counter, "Pages reclaimed.") { $0.pagesStolen },
        .memory(
            "workingset_refault_file_total", .counter,
            "Page cache pages that were needed again after eviction."
        ) { $0.refaultsFile },
        .memory(
            "workingset_refault_anon_total", .counter,
            "Anonymous pages that were needed again after eviction."
        ) { $0.refaultsAnon },
        ContainerFamily("container_memory_failures_total", .counter, .memory, "Page faults.") {
            container, writer in
            guard let memory = container.sample?.memory else { return }
            writer.sample(Double(memory.pageFaults), "failure_type", "pgfault", "scope", "container")
            writer.sample(Double(memory.majorFaults), "failure_type", "pgmajfault", "scope", "container")
            writer.sample(Double(memory.pageFaultsHierarchy), "failure_type", "pgfault", "scope", "hierarchy")
            writer.sample(
                Double(memory.majorFaultsHierarchy), "failure_type", "pgmajfault", "scope", "hierarchy")
        },
        ContainerFamily("container_memory_numa_pages", .gauge, .memoryNUMA, "Pages by memory node.") {
            container, writer in
            for entry in container.sample?.numaPages ?? [] {
                writer.sample(
                    Double(entry.pages),
                    [("type", entry.type), ("scope", entry.scope), ("node", String(entry.node))])
            }
        },
        .value(
            "container_memory_migrate", .gauge, .cpuset,
            "Whether pages move with their tasks between memory nodes."
        ) {
            $0.memoryMigrate.map { Double($0) }
        },
        .value(
            "container_referenced_bytes", .gauge, .referencedMemory,
            "Memory that was touched since the last reset, in bytes."
        ) {
            $0.referencedBytes.map { Double($0) }
        },
        ContainerFamily("container_hugetlb_usage_bytes", .gauge, .hugetlb, "Huge pages in use in bytes.") {
            container, writer in
            for entry in container.sample?.hugePages ?? [] {
                writer.sample(Double(entry.usage), "pagesize", entry.pageSize)
            }
        },
        ContainerFamily(
            "container_hugetlb_max_usage_bytes", .gauge, .hugetlb,
            "Most huge pages that were in use, in bytes."
        ) { container, writer in
            for entry in container.sample?.hugePages ?? [] {
                writer.sample(Double(entry.maxUsage), "pagesize", entry.pageSize)
            }
        },
        ContainerFamily(
            "container_hugetlb_failcnt", .counter, .hugetlb,
            "Times that huge pages were refused by the limit."
        ) { container, writer in
            for entry in container.sample?.hugePages ?? [] {
                writer.sample(Double(entry.failures), "pagesize", entry.pageSize)
            }
        },
    ]

    private static let pressureFamilies: [ContainerFamily] = [
        .pressure("cpu_stalled_seconds_total", "Seconds in which no task could run for want of processors.") {
            $0.cpu?.full
        },
        .pressure("cpu_waiting_seconds_total", "Seconds in which some task waited for a processor.") {
            $0.cpu?.some
        },
        .pressure(
            "io_stalled_seconds_total", "Seconds in which no task could run for want of input and output."
        ) { $0.io?.full },
        .pressure("io_waiting_seconds_total", "Seconds in which some task waited for input and output.") {
            $0.io?.some
        },
        .pressure("memory_stalled_seconds_total", "Seconds in which no task could run for want of memory.") {
            $0.memory?.full
        },
        .pressure("memory_waiting_seconds_total", "Seconds in which some task waited for memory.") {
            $0.memory?.some
        },
    ]

    private static let caches: [ContainerFamily] = [
        .cache("llc_occupancy_bytes", "Last-level cache in use in bytes.") { $0.occupancy },
        .cache("memory_bandwidth_bytes", "Bytes moved to and from memory.") { $0.totalBytes },
        .cache("memory_bandwidth_local_bytes", "Bytes moved to and from memory of the same node.") {
            $0.localBytes
        },
    ]

    private static let processes: [ContainerFamily] = [
        .value("container_processes", .gauge, .process, "Processes.") {
            $0.processes.map { Double($0.processes) }
        },
        .value("container_file_descriptors", .gauge, .process, "Open file descriptors.") {
            $0.processes.map { Double($0.fileDescriptors) }
        },
        .value("container_sockets", .gauge, .process, "Open sockets.") {
            $0.processes.map { Double($0.sockets) }
        },
        .value("container_threads", .gauge, .process, "Threads.") { $0.processes.map { Double($0.threads) } },
        .value("container_threads_max", .gauge, .process, "The most threads allowed; 0 is no limit.") {
            $0.processes.map { Double($0.threadsMax) }
        },
        ContainerFamily(
            "container_ulimits_soft", .gauge, .process, "Soft limits of the first process; -1 is none."
        ) { container, writer in
            if let limit = container.sample?.processes?.openFilesLimit {
                writer.sample(Double(limit), "ulimit", "max_open_files")
            }
        },
    ]
}
