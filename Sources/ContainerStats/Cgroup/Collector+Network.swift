#if canImport(Glibc)
    import Glibc
#endif

extension Collector {
    /// Interfaces that are the host's side of containers, or of no interest: cAdvisor's list.
    private static let ignoredPrefixes: [StaticString] = ["lo", "veth", "docker", "nerdctl"]

    /// Reads the traffic of the machine and of each container's network namespace, each namespace once:
    /// a container in the host's namespace or in another container's shows none.
    func readNetworks() {
        let wantsTraffic = groups.contains(.network)
        let wantsSockets = groups.contains(.tcp) || groups.contains(.udp) || groups.contains(.advancedTCP)
        guard wantsTraffic || wantsSockets else { return }
        for second in [false, true] {
            for cgroup in sorted {
                let isRoot = cgroup.path == "/"
                guard isRoot || cgroup.runtimeID != nil, cgroup.sharesNetwork == second else { continue }
                cgroup.sample.interfaces.removeAll(keepingCapacity: true)
                cgroup.sample.sockets = nil
                guard isRoot || openProcess(cgroup) else { continue }
                if !isRoot, !options.repeatsSharedNetworks {
                    if cgroup.sharesNetwork, cgroup.networkNamespace == nil { continue }
                    if let namespace = cgroup.networkNamespace {
                        if namespace == hostNamespace { continue }
                        guard toldNamespaces.insert(namespace).inserted else { continue }
                    }
                }
                if wantsTraffic { readTraffic(cgroup) }
                if wantsSockets { readSockets(cgroup) }
            }
        }
    }

    /// Reads a file of the process that stands for the cgroup.
    ///
    /// - Returns: 0 or the error number.
    func readProcessFile(_ name: String, _ cgroup: Cgroup) -> Int32 {
        cgroup.path == "/"
            ? reader.readFile(procfs + "/1/" + name) : reader.readFile(name, in: cgroup.process)
    }

    private func readTraffic(_ cgroup: Cgroup) {
        var error = readProcessFile("net/dev", cgroup)
        if error == ESRCH || error == ENOENT, cgroup.path != "/" {
            // The process has ended; another may live in the cgroup.
            cgroup.closeProcess()
            guard openProcess(cgroup) else { return }
            error = readProcessFile("net/dev", cgroup)
        }
        guard error == 0 else {
            if error != ESRCH, error != ENOENT { problem("\(procfs)/\(max(cgroup.pid, 1))/net/dev", error) }
            return
        }
        reader.skipLine()
        reader.skipLine()
        while !reader.isAtEnd {
            defer { reader.skipLine() }
            reader.skipSpaces()
            if Collector.ignoredPrefixes.contains(where: { reader.startsIgnoringCase($0) }) { continue }
            guard let name = reader.interfaceName() else { continue }
            var interface = InterfaceSample(name: name)
            interface.receivedBytes = reader.integer() ?? 0
            interface.receivedPackets = reader.integer() ?? 0
            interface.receivedErrors = reader.integer() ?? 0
            interface.receivedDropped = reader.integer() ?? 0
            for _ in 0..<4 { _ = reader.integer() }
            interface.sentBytes = reader.integer() ?? 0
            interface.sentPackets = reader.integer() ?? 0
            interface.sentErrors = reader.integer() ?? 0
            interface.sentDropped = reader.integer() ?? 0
            cgroup.sample.interfaces.append(interface)
        }
    }

    /// Makes sure that the cgroup has an open process folder.
    ///
    /// - Returns: false when no process is left in it.
    func openProcess(_ cgroup: Cgroup) -> Bool {
        if cgroup.process >= 0 { return true }
        let pid = processID(cgroup)
        guard pid > 0 else { return false }
        let descriptor = open("\(procfs)/\(pid)", KernelPath.pathOnly | O_CLOEXEC | O_DIRECTORY)
        guard descriptor >= 0 else { return false }
        // Beyond the budget the descriptor is kept all the same: one per container that is alive.
        _ = budget.keep()
        cgroup.process = descriptor
        cgroup.pid = pid
        cgroup.networkNamespace = KernelPath.inode("\(procfs)/\(pid)/ns/net")
        return true
    }

    /// The container's first process: what the runtime says, or else the first in the cgroup or below.
    private func processID(_ cgroup: Cgroup) -> Int32 {
        if let id = cgroup.runtimeID, let pid = records.record(id)?.pid, pid > 0,
            KernelPath.exists("\(procfs)/\(pid)")
        {
            return pid
        }
        var queue = [cgroup]
        var visited = 0
        while let next = queue.popLast(), visited < 100 {
            visited += 1
            for controller in [Controller.memory, .cpu, .pids, .unified] {
                guard let path = path(of: "cgroup.procs", controller, next), reader.readFile(path) == 0 else {
                    continue
                }
                if let pid = reader.integer(), pid > 0, pid < Int32.max { return Int32(pid) }
                break
            }
            queue += next.children.compactMap { cgroups[next.childPath($0)] }
        }
        return 0
    }
}

extension Cgroup {
    /// Whether the runtime says that the network is the host's or another container's.
    var sharesNetwork: Bool { identityNetworkMode == .shared }
}

extension FileReader {
    /// Whether the text, in small letters, stands here in any case.
    fileprivate func startsIgnoringCase(_ text: StaticString) -> Bool {
        var copy = 0
        while copy < text.utf8CodeUnitCount {
            guard byte(at: position + copy) | 0x20 == text.utf8Start[copy] else { return false }
            copy += 1
        }
        return true
    }

    /// The name before the colon, which is passed over; nil when there is no colon.
    fileprivate mutating func interfaceName() -> String? {
        let start = position
        while current > 0x20, current != UInt8(ascii: ":") { position += 1 }
        guard current == UInt8(ascii: ":"), position > start else { return nil }
        let name = text(start..<position)
        position += 1
        return name
    }
}
