import Platform

#if canImport(Glibc)
    import Glibc
#endif

/// Finds the cgroups of the machine and reads them.
///
/// `@unchecked Sendable`: all its state belongs to the one thread of ``ContainerMonitor``, which is
/// the only caller.
final class Collector: @unchecked Sendable {
    /// The most cgroups that are watched.
    static let cgroupsMax = 20_000
    /// Levels below the root.
    static let depthMax = 64
    /// Milliseconds until limits, trees beside the first, and missing files are looked at again.
    static let slowInterval: Int64 = 60_000

    let options: ContainerMonitorOptions
    let groups: Set<MetricGroup>
    /// Where the host's /proc lies: below /rootfs when the monitor runs in a container that has it.
    let procfs: String
    let records: any RuntimeRecords
    let budget: DescriptorBudget

    var reader = FileReader()
    var mounts: CgroupMounts?
    var cgroups: [String: Cgroup] = [:]
    /// The cgroups sorted by path; rebuilt after changes.
    var sorted: [Cgroup] = []
    var isSorted = true
    /// Numbers of the file that is being read, by key slot.
    var numbers = [UInt64](repeating: 0, count: 64)

    let usage = DiskUsage()
    var disks = DiskTable()
    var filesystems: FilesystemTable
    var facts = MachineFacts()
    var problems: [String] = []
    private var slowTime: Int64?
    private var factsTime: Int64?
    private var lastTime: Int64?
    /// Which of ``sorted`` is looked at slowly next.
    private var slowTurns = Turns()
    /// Which v1 tree is walked next, and how many times all of them have been.
    private var treeTurns = Turns()
    private var treeRound = 0
    var memoryTotal: UInt64 { facts.memory }
    /// Namespaces whose traffic this collection has told already.
    var toldNamespaces: Set<UInt64> = []
    var hostNamespace: UInt64?

    init(options: ContainerMonitorOptions, records: any RuntimeRecords) {
        self.options = options
        self.records = records
        groups = options.groups
        let contained = options.root + "/rootfs/proc"
        procfs = KernelPath.exists(contained + "/meminfo") ? contained : options.root + "/proc"
        budget = DescriptorBudget.ofProcess()
        filesystems = FilesystemTable(
            root: options.root, host: procfs == contained ? "/rootfs" : "", procfs: options.root + "/proc",
            probe: options.filesystemProbe)
    }

    /// Reads everything.
    ///
    /// - Parameter now: milliseconds since 1970.
    func collect(now: Int64) -> MachineSnapshot {
        problems.removeAll(keepingCapacity: true)
        let isSlowTurn = slowTime.map { now - $0 >= Collector.slowInterval || now < $0 } ?? true
        if isSlowTurn {
            slowTime = now
            findMounts()
        }
        // Since the last collection; a clock that jumped back makes everything due.
        let elapsed = lastTime.map { now >= $0 ? now - $0 : Collector.slowInterval } ?? Collector.slowInterval
        lastTime = now
        sortIfNeeded()
        for index in slowTurns.next(elapsed: elapsed, count: sorted.count) {
            sorted[index].forgetMissing()
            sorted[index].knowsSpec = false
        }
        refreshFacts(now: now)
        readMachine()

        for cgroup in cgroups.values { read(cgroup, now: now) }
        discover(now: now, elapsed: elapsed)
        identify()
        sortIfNeeded()
        readNetworks()
        for cgroup in sorted { readLayer(cgroup) }
        if isSlowTurn { forgetGone() }
        let mayBeNamed = records.mayAnswer
        return MachineSnapshot(
            time: now,
            containers: sorted.compactMap {
                shows($0, now: now, mayBeNamed: mayBeNamed) ? snapshot(of: $0) : nil
            },
            machine: facts, problems: problems)
    }

    /// Notes what could not be read.
    func problem(_ path: String, _ error: Int32) {
        guard problems.count < 100 else { return }
        problems.append("cannot read \(path): \(KernelPath.describe(error))")
    }

    // MARK: - Discovery

    private func findMounts() {
        let found = CgroupMounts(root: options.root, procfs: options.root + "/proc", reader: &reader)
        if found != mounts {
            // Another hierarchy than before: nothing that is open means anything any more.
            cgroups.removeAll()
            isSorted = false
            mounts = found
        }
        if cgroups["/"] == nil {
            cgroups["/"] = Cgroup(path: "/", found: options.clock.now(), budget: budget)
            isSorted = false
        }
    }

    /// Removes what is gone and finds what is new. The number of links of a folder tells how many
    /// children it has, so that most folders need not be listed.
    private func discover(now: Int64, elapsed: Int64) {
        guard let mounts, let first = mounts.trees.first else {
            problem(options.root + "/sys/fs/cgroup", ENOENT)
            if let root = cgroups["/"], !root.hasSample { read(root, now: now) }
            return
        }
        for cgroup in cgroups.values where cgroup.isGone && cgroup.path != "/" { remove(cgroup) }

        var queue: [(cgroup: Cgroup, depth: Int)] = cgroups.values.map { ($0, 0) }
        while let (cgroup, depth) = queue.popLast() {
            guard cgroups[cgroup.path] === cgroup else { continue }
            let folder = cgroup.path == "/" ? first : first + cgroup.path
            if cgroup.folder < 0 {
                let descriptor = open(folder, KernelPath.pathOnly | O_CLOEXEC | O_DIRECTORY)
                if descriptor >= 0 {
                    if budget.keep() { cgroup.folder = descriptor } else { close(descriptor) }
                }
            }
            var status = stat()
            let isThere =
                cgroup.folder >= 0 ? fstat(cgroup.folder, &status) == 0 : stat(folder, &status) == 0
            if !isThere || status.st_nlink == 0 {
                if isThere, cgroup.path != "/" {
                    remove(cgroup)
                    // Its place may have been taken by another before the parent was looked at.
                    if let parent = cgroups[parentPath(cgroup.path)] {
                        queue.append((parent, max(depth - 1, 0)))
                    }
                }
                continue
            }
            // Some file systems (btrfs) do not count folders: there the number is 1.
            guard status.st_nlink == 1 || Int(status.st_nlink) - 2 != cgroup.children.count else { continue }
            let names = Set(KernelPath.list(folder, foldersOnly: true))
            for name in cgroup.children.subtracting(names) {
                if let child = cgroups[cgroup.childPath(name)] { remove(child) }
                cgroup.children.remove(name)
            }
            for name in names.subtracting(cgroup.children) {
                cgroup.children.insert(name)
                if let child = add(cgroup.childPath(name), now: now, depth: depth + 1) {
                    queue.append((child, depth + 1))
                }
            }
        }
        if mounts.version == .v1 { discoverInOtherTrees(now: now, elapsed: elapsed) }
        if let root = cgroups["/"], !root.hasSample { read(root, now: now) }
    }

    /// Cgroups that only some v1 controllers have: some trees at each collection, all within
    /// ``slowInterval``.
    private func discoverInOtherTrees(now: Int64, elapsed: Int64) {
        guard let mounts else { return }
        for index in treeTurns.next(elapsed: elapsed, count: mounts.trees.count) {
            walk(mounts.trees[index], now: now)
            guard index == mounts.trees.count - 1 else { continue }
            for cgroup in cgroups.values
            where cgroup.folder < 0 && cgroup.treeRound != treeRound && cgroup.path != "/" {
                remove(cgroup)
            }
            treeRound += 1
        }
    }

    private func walk(_ tree: String, now: Int64) {
        var queue = [""]
        var count = 0
        while let path = queue.popLast() {
            for name in KernelPath.list(tree + path, foldersOnly: true) {
                let child = path + "/" + name
                guard count < Collector.cgroupsMax,
                    child.utf8.count(where: { $0 == UInt8(ascii: "/") }) < Collector.depthMax
                else { continue }
                count += 1
                queue.append(child)
                _ = add(child, now: now, depth: 0)
                cgroups[child]?.treeRound = treeRound
            }
        }
    }

    /// - Returns: the new cgroup, already read; nil when it is known, excluded, or one too many.
    private func add(_ path: String, now: Int64, depth: Int) -> Cgroup? {
        guard cgroups[path] == nil, !path.hasSuffix(".mount") else { return nil }
        guard cgroups.count < Collector.cgroupsMax, depth < Collector.depthMax else {
            if problems.count < 100 {
                problems.append("cannot watch \(path): want at most \(Collector.cgroupsMax) cgroups")
            }
            return nil
        }
        let cgroup = Cgroup(path: path, found: now, budget: budget)
        cgroup.treeRound = treeRound
        read(cgroup, now: now)
        cgroups[path] = cgroup
        isSorted = false
        return cgroup
    }

    private func remove(_ cgroup: Cgroup) {
        for name in cgroup.children {
            if let child = cgroups[cgroup.childPath(name)] { remove(child) }
        }
        cgroups[cgroup.path] = nil
        isSorted = false
        if let slash = cgroup.path.lastIndex(of: "/") {
            let name = String(cgroup.path[cgroup.path.index(after: slash)...])
            cgroups[parentPath(cgroup.path)]?.children.remove(name)
        }
    }

    private func parentPath(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    private func sortIfNeeded() {
        guard !isSorted else { return }
        sorted = cgroups.values.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        isSorted = true
    }

    /// Whether cgroups have come or gone since the last collection, as far as the kept folders tell: a
    /// tenth of a millisecond for a hundred of them.
    func seesChange() -> Bool {
        cgroups.values.contains { cgroup in
            var status = stat()
            guard cgroup.folder >= 0, fstat(cgroup.folder, &status) == 0 else { return false }
            return status.st_nlink == 0
                || status.st_nlink != 1 && Int(status.st_nlink) - 2 != cgroup.children.count
        }
    }

    private func forgetGone() {
        let ids = Set(cgroups.values.compactMap { $0.runtimeID?.text })
        records.keep(only: ids)
        usage.keep(only: ids)
    }

    // MARK: - What is shown

    /// Whether a cgroup belongs in the snapshot by the options.
    private func shows(_ cgroup: Cgroup, now: Int64, mayBeNamed: Bool) -> Bool {
        if cgroup.isGone { return false }
        if cgroup.path == "/" { return true }
        guard cgroup.identity.runtime == .raw else { return true }
        // A container whose runtime has not told its name yet: better late than under two identities.
        if cgroup.runtimeID != nil, mayBeNamed, now - cgroup.found < options.nameWait { return false }
        guard options.dockerOnly else { return true }
        return options.rawPrefixes.contains { cgroup.path.hasPrefix($0) }
    }

    private func snapshot(of cgroup: Cgroup) -> ContainerSnapshot {
        let hidesSample = cgroup.path == "/" && options.hidesRootStatistics
        return ContainerSnapshot(
            identity: cgroup.identity, spec: cgroup.spec,
            sample: cgroup.hasSample && !hidesSample ? cgroup.sample : nil, labelText: cgroup.labelText)
    }

    // MARK: - The machine

    private func refreshFacts(now: Int64) {
        if let time = factsTime, now - time < options.factsInterval, now >= time { return }
        factsTime = now
        let ids = (machine: options.machineIDFiles, boot: options.bootIDFiles)
        facts = MachineFacts.read(
            root: options.root, procfs: procfs, ids: ids, withTopology: true, now: now, reader: &reader)
        facts.dockerVersion = records.dockerVersion
        hostNamespace = KernelPath.inode(procfs + "/1/ns/net")
    }

    private func readMachine() {
        toldNamespaces.removeAll(keepingCapacity: true)
        if facts.dockerVersion.isEmpty { facts.dockerVersion = records.dockerVersion }
        guard groups.contains(.disk) || groups.contains(.diskIO) else { return }
        let path = procfs + "/diskstats"
        let error = disks.read(path, reader: &reader)
        if error != 0 { problem(path, error) }
        if error == 0, disks.entries.isEmpty, reader.count > 0, problems.count < 100 {
            problems.append("cannot understand \(path)")
        }
    }
}

/// Deals out work that is due once in ``Collector/slowInterval`` over the collections in between, so that
/// none of them takes much longer than the others.
private struct Turns {
    private var place = 0
    /// What is due of the next one, in parts of it.
    private var due = 0.0

    /// - Parameter elapsed: milliseconds since the last call.
    /// - Returns: the indices whose turn it is, none twice.
    mutating func next(elapsed: Int64, count: Int) -> [Int] {
        guard count > 0 else { return [] }
        due += Double(count) * Double(elapsed) / Double(Collector.slowInterval)
        let share = min(Int(min(due, 1e9)), count)
        due -= due.rounded(.down)
        let first = place % count
        place = (first + share) % count
        return (first..<first + share).map { $0 % count }
    }
}
