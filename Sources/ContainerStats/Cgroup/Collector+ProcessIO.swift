#if canImport(Glibc)
    import Glibc
#endif

extension Collector {
    /// The most processes of a container whose counters are read.
    private static let countedProcessesMax = 2000

    /// Counts a container's bytes from /proc/PID/io where the kernel's own counters stay empty: since
    /// about 6.10 cgroup v1 counts nothing until some cgroup of the machine has a throttle rule.
    ///
    /// The kernel adds a process' counters to those of the parent that waits for it, so that sums over
    /// the living miss only what ended unseen between two readings. They say nothing of the device: with
    /// one disk it is that disk, else the device has no name.
    func readProcessIO(_ cgroup: Cgroup, _ devices: inout [DeviceSample]) {
        guard cgroup.runtimeID != nil else { return }
        var pids = processIDsOfTree(cgroup)
        // In a PID namespace of its own the monitor sees no numbers; the runtime knows the first process.
        if pids.isEmpty, let id = cgroup.runtimeID, let pid = records.record(id)?.pid, pid > 0 {
            pids = [pid]
        }
        guard !pids.isEmpty else { return }
        let total = cgroup.processIO.read(
            pids.prefix(Self.countedProcessesMax), procfs: procfs, budget: budget, reader: &reader)
        guard let total else { return }
        let disk = onlyDisk
        var device = DeviceSample(
            major: disk?.major ?? 0, minor: disk?.minor ?? 0, name: disk.map { "/dev/" + $0.name } ?? "")
        device.bytes.set(0, total.read)
        device.bytes.set(1, total.written)
        devices.append(device)
    }

    /// The machine's disk when it has just one that is no view of another.
    private var onlyDisk: MachineDisk? {
        let real = facts.disks.filter { disk in
            disk.size > 0
                && !["loop", "ram", "zram", "dm-", "md", "sr", "fd", "nbd"].contains {
                    disk.name.hasPrefix($0)
                }
        }
        return real.count == 1 ? real[0] : nil
    }
}

/// Bytes that a container's processes read from disks and wrote to them. Never falls.
final class ProcessIO {
    /// Files that are kept open for a container; the processes beyond are opened at each reading.
    private static let keptMax = 4

    private var kept: [Int32: Int32] = [:]
    private var budget: DescriptorBudget?
    private var last = (read: UInt64(0), written: UInt64(0))
    private var total = (read: UInt64(0), written: UInt64(0))

    deinit {
        for descriptor in kept.values { budget?.close(descriptor) }
    }

    /// - Returns: nil when no process may be read, as without the right to.
    func read(
        _ pids: some Collection<Int32>, procfs: String, budget: DescriptorBudget, reader: inout FileReader
    ) -> (read: UInt64, written: UInt64)? {
        self.budget = budget
        var sum = (read: UInt64(0), written: UInt64(0))
        var isKnown = false
        if !kept.isEmpty {
            let living = Set(pids)
            for (pid, descriptor) in kept where !living.contains(pid) {
                budget.close(descriptor)
                kept[pid] = nil
            }
        }
        for pid in pids {
            guard load(pid, procfs: procfs, budget: budget, reader: &reader) else { continue }
            isKnown = true
            while !reader.isAtEnd {
                if reader.skip("read_bytes:") {
                    sum.read &+= reader.integer() ?? 0
                } else if reader.skip("write_bytes:") {
                    sum.written &+= reader.integer() ?? 0
                    break
                }
                reader.skipLine()
            }
        }
        guard isKnown else { return nil }
        total.read &+= sum.read > last.read ? sum.read - last.read : 0
        total.written &+= sum.written > last.written ? sum.written - last.written : 0
        last = sum
        return total
    }

    private func load(_ pid: Int32, procfs: String, budget: DescriptorBudget, reader: inout FileReader)
        -> Bool
    {
        if let descriptor = kept[pid] {
            if reader.read(descriptor) == 0, reader.count > 0 { return true }
            budget.close(descriptor)
            kept[pid] = nil
        }
        let descriptor = open("\(procfs)/\(pid)/io", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        let isRead = reader.read(descriptor) == 0
        if isRead, kept.count < ProcessIO.keptMax, budget.keep() {
            kept[pid] = descriptor
        } else {
            close(descriptor)
        }
        return isRead
    }
}
