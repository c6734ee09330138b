#if canImport(Glibc)
    import Glibc
#endif

/// A process as `ps` shows it.
public struct ContainerProcess: Sendable, Equatable {
    public var pid = 0
    public var parent = 0
    public var user = ""
    /// Seconds since 1970.
    public var started = 0.0
    /// Percent of one processor since the start, and of memory.
    public var cpuPercent = 0.0
    public var memoryPercent = 0.0
    /// Bytes.
    public var resident: UInt64 = 0
    public var virtual: UInt64 = 0
    /// The state's letter, for instance "S".
    public var status = ""
    /// Seconds on processors.
    public var cpuTime = 0.0
    public var cgroupPath = ""
    public var command = ""
    /// 0 when they may not be counted.
    public var fileDescriptors = 0
    /// The processor it last ran on.
    public var processor = 0

    public init() {}
}

extension Collector {
    /// The most processes that are told.
    private static let processesMax = 20_000

    /// The processes of a cgroup and of those below it; of the whole machine for "/".
    func processes(of path: String) -> [ContainerProcess] {
        let pids: [Int32]
        if path == "/" {
            pids = KernelPath.list(procfs).compactMap { Int32($0) }.sorted()
        } else {
            guard let cgroup = cgroups[path] else { return [] }
            pids = processIDsOfTree(cgroup)
        }
        let uptime =
            Double(MachineFacts.line(procfs + "/uptime", reader: &reader).split(separator: " ").first ?? "0")
            ?? 0
        let users = userNames()
        return pids.prefix(Collector.processesMax).compactMap { process($0, uptime: uptime, users: users) }
    }

    private func process(_ pid: Int32, uptime: Double, users: [UInt32: String]) -> ContainerProcess? {
        let folder = "\(procfs)/\(pid)"
        guard reader.readFile(folder + "/stat") == 0 else { return nil }
        let text = reader.text
        // The command in parentheses may hold anything, so that the last one counts.
        guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"), open < close else {
            return nil
        }
        let fields = text[text.index(after: close)...].split(separator: " ")
        guard fields.count > 36 else { return nil }
        func number(_ field: Int) -> Double { Double(fields[field]) ?? 0 }
        var process = ContainerProcess()
        process.pid = Int(pid)
        process.status = String(fields[0])
        process.parent = Int(fields[1]) ?? 0
        // Clock ticks are hundredths of a second.
        process.cpuTime = (number(11) + number(12)) / 100
        let startedAfterBoot = number(19) / 100
        process.started = facts.bootTime + startedAfterBoot
        let age = max(uptime - startedAfterBoot, 0.01)
        process.cpuPercent = process.cpuTime / age * 100
        process.virtual = UInt64(fields[20]) ?? 0
        process.resident = (UInt64(fields[21]) ?? 0) &* UInt64(getpagesize())
        process.memoryPercent = facts.memory > 0 ? Double(process.resident) / Double(facts.memory) * 100 : 0
        process.processor = Int(fields[36]) ?? 0
        var status = Glibc.stat()
        if stat(folder, &status) == 0 { process.user = users[status.st_uid] ?? String(status.st_uid) }
        process.fileDescriptors = KernelPath.list(folder + "/fd").count
        process.cgroupPath = cgroupPath(folder)
        if reader.readFile(folder + "/cmdline") == 0, reader.count > 0 {
            process.command = String(
                decoding: reader.content.prefix(4096).map { $0 == 0 ? 0x20 : $0 }, as: UTF8.self)
            while process.command.last == " " { process.command.removeLast() }
        }
        if process.command.isEmpty { process.command = "[" + text[text.index(after: open)..<close] + "]" }
        return process
    }

    private func cgroupPath(_ folder: String) -> String {
        guard reader.readFile(folder + "/cgroup") == 0 else { return "" }
        var unified = ""
        while !reader.isAtEnd {
            let parts = reader.restOfLine().split(
                separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            if parts[1].isEmpty { unified = String(parts[2]) }
            if parts[1].split(separator: ",").contains("memory") { return String(parts[2]) }
        }
        return unified
    }

    private func userNames() -> [UInt32: String] {
        let host = String(procfs.dropLast("/proc".count))
        guard reader.readFile(host + "/etc/passwd") == 0 else { return [:] }
        var result: [UInt32: String] = [:]
        while !reader.isAtEnd {
            let fields = reader.restOfLine().split(separator: ":", omittingEmptySubsequences: false)
            if fields.count > 2, let id = UInt32(fields[2]), result[id] == nil {
                result[id] = String(fields[0])
            }
        }
        return result
    }
}
