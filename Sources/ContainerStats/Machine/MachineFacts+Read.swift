#if canImport(Glibc)
    import Glibc
#endif

extension MachineFacts {
    /// Reads what /proc, /sys and /etc tell of the machine below `root`.
    ///
    /// - Parameters:
    ///   - ids: comma-separated candidates for the machine's and the boot's id.
    ///   - now: milliseconds since 1970.
    static func read(
        root: String, procfs: String, ids: (machine: String, boot: String), withTopology: Bool, now: Int64,
        reader: inout FileReader
    ) -> MachineFacts {
        var facts = MachineFacts()
        facts.time = now
        let host = String(procfs.dropLast("/proc".count))
        facts.readProcessors(procfs: procfs, root: root, reader: &reader)
        let memory = memory(procfs: procfs, reader: &reader)
        facts.memory = memory.physical
        facts.swap = memory.total
        facts.machineID = firstLine(of: ids.machine, roots: [host, root], reader: &reader)
        facts.bootID = firstLine(of: ids.boot, roots: [host, root], reader: &reader)
        // "vm,uuid" is one file name.
        for path in [
            "/sys/class/dmi/id/product_uuid", "/proc/device-tree/system-id", "/proc/device-tree/vm,uuid",
        ]
        where facts.systemUUID.isEmpty {
            facts.systemUUID = line(root + path, reader: &reader)
        }
        facts.kernelVersion = line(procfs + "/sys/kernel/osrelease", reader: &reader)
        if facts.kernelVersion.isEmpty {
            // "Linux version 6.1.0-18 (builder) …"
            let words = line(procfs + "/version", reader: &reader).split(separator: " ")
            if words.count > 2 { facts.kernelVersion = String(words[2]) }
        }
        facts.osVersion = osVersion(roots: [host, root], reader: &reader)
        facts.bootTime = bootTime(procfs: procfs, reader: &reader)
        facts.memoryModules = memoryModules(root: root, reader: &reader)
        facts.hugePages = hugePages(root + "/sys/kernel/mm/hugepages", reader: &reader)
        if withTopology { facts.readTopology(root: root, reader: &reader) }
        return facts
    }

    /// Physical memory, swap and free swap in bytes.
    static func memory(procfs: String, reader: inout FileReader) -> (
        physical: UInt64, total: UInt64, free: UInt64
    ) {
        var result: (physical: UInt64, total: UInt64, free: UInt64) = (0, 0, 0)
        guard reader.readFile(procfs + "/meminfo") == 0 else { return result }
        while !reader.isAtEnd {
            if reader.skip("MemTotal:") {
                result.physical = (reader.integer() ?? 0) &* 1024
            } else if reader.skip("SwapTotal:") {
                result.total = (reader.integer() ?? 0) &* 1024
            } else if reader.skip("SwapFree:") {
                result.free = (reader.integer() ?? 0) &* 1024
            }
            reader.skipLine()
        }
        return result
    }

    /// Processes of the whole machine that were killed for want of memory; kernels since 4.13 tell.
    static func oomKills(procfs: String, reader: inout FileReader) -> UInt64? {
        guard reader.readFile(procfs + "/vmstat") == 0 else { return nil }
        while !reader.isAtEnd {
            if reader.skip("oom_kill ") { return reader.integer() }
            reader.skipLine()
        }
        return nil
    }

    private mutating func readProcessors(procfs: String, root: String, reader: inout FileReader) {
        var logical = 0
        var physical: Set<String> = []
        var packages: Set<String> = []
        if reader.readFile(procfs + "/cpuinfo") == 0 {
            var package = ""
            while !reader.isAtEnd {
                let parts = reader.restOfLine().split(separator: ":", maxSplits: 1)
                guard parts.count == 2 else { continue }
                let key = parts[0].trimming, value = parts[1].trimming
                switch key {
                case "processor": logical += 1
                case "physical id":
                    package = value
                    packages.insert(value)
                case "core id": physical.insert(package + "/" + value)
                case "vendor_id" where vendor.isEmpty: vendor = value
                case "cpu MHz" where frequencyKHz == 0:
                    frequencyKHz = UInt64(max(0, min(Double(value) ?? 0, 1e9)) * 1000)
                default: continue
                }
            }
        }
        let online = MachineFacts.line(root + "/sys/devices/system/cpu/online", reader: &reader)
        let listed = CPUList.parse(online).count
        cores = max(listed > 0 ? listed : logical, 1)
        physicalCores = physical.isEmpty ? cores : physical.count
        sockets = max(packages.count, 1)
        let path = root + "/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq"
        if reader.readFile(path) == 0, let maximum = reader.integer() { frequencyKHz = maximum }
    }

    private static func firstLine(of candidates: String, roots: [String], reader: inout FileReader) -> String
    {
        for root in roots {
            for path in candidates.split(separator: ",") {
                let text = line(root + path.trimming, reader: &reader)
                if !text.isEmpty { return text }
            }
        }
        return ""
    }

    /// The first line of a file without surrounding space; "" when there is none.
    static func line(_ path: String, reader: inout FileReader) -> String {
        guard reader.readFile(path) == 0 else { return "" }
        let text = reader.restOfLine()
        return text[...].prefix { $0 != "\0" }.trimming
    }

    private static func osVersion(roots: [String], reader: inout FileReader) -> String {
        for root in roots {
            for path in ["/etc/os-release", "/usr/lib/os-release"] where reader.readFile(root + path) == 0 {
                while !reader.isAtEnd {
                    let line = reader.restOfLine()
                    guard line.hasPrefix("PRETTY_NAME=") else { continue }
                    return String(line.dropFirst(12)).filter { $0 != "\"" && $0 != "'" }
                }
            }
        }
        return ""
    }

    private static func bootTime(procfs: String, reader: inout FileReader) -> Double {
        guard reader.readFile(procfs + "/stat") == 0 else { return 0 }
        while !reader.isAtEnd {
            if reader.skip("btime ") { return Double(reader.integer() ?? 0) }
            reader.skipLine()
        }
        return 0
    }

    private static func memoryModules(root: String, reader: inout FileReader) -> [MemoryModules] {
        var result: [String: MemoryModules] = [:]
        let base = root + "/sys/devices/system/edac/mc"
        for controller in KernelPath.list(base) where controller.hasPrefix("mc") {
            for module in KernelPath.list(base + "/" + controller) where module.hasPrefix("dimm") {
                let folder = "\(base)/\(controller)/\(module)"
                let type = line(folder + "/dimm_mem_type", reader: &reader)
                guard !type.isEmpty, reader.readFile(folder + "/size") == 0, let size = reader.integer()
                else { continue }
                var entry = result[type] ?? MemoryModules(type: type, count: 0, capacity: 0)
                entry.count += 1
                entry.capacity &+= size &* 1024 &* 1024
                result[type] = entry
            }
        }
        return result.values.sorted { $0.type < $1.type }
    }

    static func hugePages(_ folder: String, reader: inout FileReader) -> [HugePages] {
        var result: [HugePages] = []
        for name in KernelPath.list(folder) where name.hasPrefix("hugepages-") && name.hasSuffix("kB") {
            guard let size = UInt64(name.dropFirst(10).dropLast(2)),
                reader.readFile("\(folder)/\(name)/nr_hugepages") == 0, let count = reader.integer()
            else { continue }
            result.append(HugePages(size: size, count: count))
        }
        return result.sorted { $0.size < $1.size }
    }
}

extension StringProtocol {
    /// Without white space at both ends.
    var trimming: String {
        let start = drop { $0.isWhitespace }
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
