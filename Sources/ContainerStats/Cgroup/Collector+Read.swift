#if canImport(Glibc)
    import Glibc
#endif

extension Collector {
    /// Reads all that the enabled groups need of a cgroup into its sample. A cgroup that vanishes in
    /// between is marked and harms no other.
    func read(_ cgroup: Cgroup, now: Int64) {
        guard let mounts else { return }
        if !cgroup.knowsSpec { readSpec(cgroup) }
        cgroup.sample.time = now
        if mounts.version == .v2 {
            readCPU(cgroup)
            readMemory(cgroup)
            if groups.contains(.diskIO) { readIO(cgroup) }
        } else {
            readCPUV1(cgroup)
            readMemoryV1(cgroup)
            if groups.contains(.diskIO) { readIOV1(cgroup) }
        }
        if groups.contains(.pressure) { readPressure(cgroup) }
        if groups.contains(.disk), cgroup.path == "/" {
            cgroup.sample.filesystems = filesystems.samples(disks: disks, reader: &reader)
        }
        readOptionalGroups(cgroup)
        cgroup.hasSample = !cgroup.isGone
    }

    /// Reads a control file into the reader, keeping it open when the budget allows.
    ///
    /// - Returns: false when there is no such file, or no longer.
    func read(_ file: ControlFile, _ cgroup: Cgroup) -> Bool {
        let kept = cgroup.descriptors[file.rawValue]
        if kept == Cgroup.missing || cgroup.isGone { return false }
        if kept >= 0 { return check(reader.read(kept), file, cgroup) }
        guard let path = path(of: file.name, file.controller, cgroup) else {
            cgroup.descriptors[file.rawValue] = Cgroup.missing
            return false
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { return check(errno, file, cgroup) }
        let error = reader.read(descriptor)
        if error == 0, budget.keep() {
            cgroup.descriptors[file.rawValue] = descriptor
        } else {
            close(descriptor)
        }
        return check(error, file, cgroup)
    }

    private func check(_ error: Int32, _ file: ControlFile, _ cgroup: Cgroup) -> Bool {
        switch error {
        case 0: return true
        case ENODEV: cgroup.isGone = true
        case ENOENT, EOPNOTSUPP: cgroup.descriptors[file.rawValue] = Cgroup.missing
        default:
            cgroup.descriptors[file.rawValue] = Cgroup.missing
            problem(path(of: file.name, file.controller, cgroup) ?? file.name, error)
        }
        return false
    }

    /// nil when the machine does not have the controller.
    func path(of name: String, _ controller: Controller, _ cgroup: Cgroup) -> String? {
        guard let mounts, let folder = mounts.folder(mounts.version == .v2 ? .unified : controller) else {
            return nil
        }
        return cgroup.path == "/" ? folder + "/" + name : folder + cgroup.path + "/" + name
    }

    /// The number that a control file consists of.
    func number(_ file: ControlFile, _ cgroup: Cgroup) -> UInt64? {
        guard read(file, cgroup) else { return nil }
        if let value = reader.integer() { return value }
        // "-1" and "max" are no numbers and right all the same.
        if reader.current != UInt8(ascii: "-"), !reader.skip("max") { malformed(file, cgroup) }
        return nil
    }

    /// Notes that a file was read and not understood.
    func malformed(_ file: ControlFile, _ cgroup: Cgroup) {
        guard problems.count < 100 else { return }
        problems.append("cannot understand \(path(of: file.name, file.controller, cgroup) ?? file.name)")
    }

    /// Forgets the numbers of the last file.
    func clearNumbers() {
        for index in numbers.indices { numbers[index] = 0 }
    }
}
