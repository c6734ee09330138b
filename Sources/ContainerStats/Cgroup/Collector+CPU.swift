/// Keys of cpu.stat of both versions.
private enum CPUKey: Int {
    case usage, user, system, periods, throttled, throttledMicroseconds, bursts, burstMicroseconds
    case throttledNanoseconds, burstNanoseconds

    static let table = KeyTable([
        "usage_usec", "user_usec", "system_usec", "nr_periods", "nr_throttled", "throttled_usec",
        "nr_bursts", "burst_usec", "throttled_time", "burst_time",
    ])
    static let tickTable = KeyTable(["user", "system"])
}

extension Collector {
    /// Nanoseconds of a clock tick: USER_HZ is 100 on every architecture that is left.
    private static let tick: UInt64 = 10_000_000

    func readCPU(_ cgroup: Cgroup) {
        guard read(.cpuStat, cgroup) else {
            cgroup.sample.cpu = nil
            return
        }
        clearNumbers()
        if reader.keyValues(CPUKey.table, into: &numbers) == 0 { malformed(.cpuStat, cgroup) }
        var cpu = CPUSample()
        cpu.total = numbers[CPUKey.usage.rawValue] &* 1000
        cpu.user = numbers[CPUKey.user.rawValue] &* 1000
        cpu.system = numbers[CPUKey.system.rawValue] &* 1000
        fillQuota(&cpu)
        cgroup.sample.cpu = cpu
    }

    func readCPUV1(_ cgroup: Cgroup) {
        var cpu = CPUSample()
        // The old values' storage is used again.
        swap(&cpu.perCPU, &cgroup.sample.cpu.cpuStorage)
        cpu.perCPU.removeAll(keepingCapacity: true)
        var isKnown = false
        if groups.contains(.perCPU), read(.cpuacctUsagePerCPU, cgroup) {
            isKnown = true
            while let time = reader.integer() {
                cpu.perCPU.append(time)
                cpu.total &+= time
            }
        } else if let total = number(.cpuacctUsage, cgroup) {
            isKnown = true
            cpu.total = total
        }
        if read(.cpuacctStat, cgroup) {
            isKnown = true
            clearNumbers()
            if reader.keyValues(CPUKey.tickTable, into: &numbers) == 0 { malformed(.cpuacctStat, cgroup) }
            cpu.user = numbers[0] &* Collector.tick
            cpu.system = numbers[1] &* Collector.tick
        }
        // Without a quota the file holds zeros.
        if (cgroup.spec.cpu?.quota ?? 0) != 0, read(.cpuStatV1, cgroup) {
            clearNumbers()
            _ = reader.keyValues(CPUKey.table, into: &numbers)
            fillQuota(&cpu)
        }
        cgroup.sample.cpu = isKnown ? cpu : nil
    }

    private func fillQuota(_ cpu: inout CPUSample) {
        cpu.periods = numbers[CPUKey.periods.rawValue]
        cpu.throttledPeriods = numbers[CPUKey.throttled.rawValue]
        cpu.throttledTime =
            numbers[CPUKey.throttledMicroseconds.rawValue] &* 1000
            &+ numbers[CPUKey.throttledNanoseconds.rawValue]
        cpu.burstPeriods = numbers[CPUKey.bursts.rawValue]
        cpu.burstTime =
            numbers[CPUKey.burstMicroseconds.rawValue] &* 1000 &+ numbers[CPUKey.burstNanoseconds.rawValue]
    }
}

extension Optional<CPUSample> {
    /// The per-processor values, empty without a sample.
    fileprivate var cpuStorage: [UInt64] {
        get { self?.perCPU ?? [] }
        set { self?.perCPU = newValue }
    }
}
