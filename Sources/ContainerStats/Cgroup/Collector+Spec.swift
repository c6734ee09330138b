#if canImport(Glibc)
    import Glibc
#endif

extension Collector {
    /// Reads the limits. The files are few and rarely read, so that they are not kept open.
    func readSpec(_ cgroup: Cgroup) {
        guard let mounts else { return }
        cgroup.knowsSpec = true
        var spec = ContainerSpec()
        if mounts.version == .v2 {
            spec.cpu = cpuSpec(cgroup)
            spec.memory = memorySpec(cgroup)
        } else {
            spec.cpu = cpuSpecV1(cgroup)
            spec.memory = memorySpecV1(cgroup)
        }
        let mask = mounts.version == .v2 ? "cpuset.cpus.effective" : "cpuset.cpus"
        if spec.cpu != nil, open(mask, .cpuset, cgroup) { spec.cpu?.mask = reader.restOfLine() }
        if open("pids.max", .pids, cgroup) { spec.processLimit = reader.integer() ?? 0 }
        if cgroup.path == "/" {
            spec.memory = ContainerSpec.Memory()
            spec.memory?.limit = facts.memory
            spec.memory?.swapLimit = facts.swap
        } else if spec.memory?.limit == 0 {
            spec.memory?.limit = facts.memory
        }
        cgroup.spec = spec
    }

    private func cpuSpec(_ cgroup: Cgroup) -> ContainerSpec.CPU? {
        var cpu = ContainerSpec.CPU()
        if cgroup.path == "/" { return cpu }
        var isKnown = false
        if open("cpu.weight", .cpu, cgroup), let weight = reader.integer() {
            isKnown = true
            // The kernel's own scale of weights, turned back.
            if weight > 0 { cpu.shares = 2 + ((min(weight, 10_000) - 1) * 262_142) / 9999 }
        }
        if open("cpu.max", .cpu, cgroup) {
            isKnown = true
            cpu.quota =
                reader.integer()
                ?? {
                    reader.skipWord(); return 0
                }()
            cpu.period = reader.integer() ?? 0
        }
        return isKnown ? cpu : nil
    }

    private func cpuSpecV1(_ cgroup: Cgroup) -> ContainerSpec.CPU? {
        var cpu = ContainerSpec.CPU()
        guard let shares = number("cpu.shares", .cpu, cgroup) else {
            return cgroup.path == "/" && mounts?.folder(.cpu) != nil ? cpu : nil
        }
        cpu.shares = shares
        // -1 is no limit and reads as no number.
        cpu.quota = number("cpu.cfs_quota_us", .cpu, cgroup) ?? 0
        cpu.period = number("cpu.cfs_period_us", .cpu, cgroup) ?? 0
        return cpu
    }

    private func memorySpec(_ cgroup: Cgroup) -> ContainerSpec.Memory? {
        var memory = ContainerSpec.Memory()
        guard let limit = limit("memory.max", .memory, cgroup) else { return nil }
        memory.limit = limit
        memory.swapLimit = self.limit("memory.swap.max", .memory, cgroup) ?? 0
        // What Docker calls the reservation is the soft protection.
        memory.reservation = self.limit("memory.low", .memory, cgroup) ?? 0
        if memory.reservation == 0 { memory.reservation = self.limit("memory.min", .memory, cgroup) ?? 0 }
        return memory
    }

    private func memorySpecV1(_ cgroup: Cgroup) -> ContainerSpec.Memory? {
        var memory = ContainerSpec.Memory()
        guard let limit = number("memory.limit_in_bytes", .memory, cgroup) else { return nil }
        memory.limit = limit
        memory.swapLimit = number("memory.memsw.limit_in_bytes", .memory, cgroup) ?? 0
        memory.reservation = number("memory.soft_limit_in_bytes", .memory, cgroup) ?? 0
        return memory
    }

    private func open(_ name: String, _ controller: Controller, _ cgroup: Cgroup) -> Bool {
        guard let path = path(of: name, controller, cgroup) else { return false }
        let error = reader.readFile(path)
        if error != 0, error != ENOENT, error != ENODEV, error != EOPNOTSUPP { problem(path, error) }
        return error == 0
    }

    private func number(_ name: String, _ controller: Controller, _ cgroup: Cgroup) -> UInt64? {
        open(name, controller, cgroup) ? reader.integer() : nil
    }

    /// The number, or the largest one for `max`.
    private func limit(_ name: String, _ controller: Controller, _ cgroup: Cgroup) -> UInt64? {
        guard open(name, controller, cgroup) else { return nil }
        if reader.skip("max") { return .max }
        return reader.integer()
    }
}
