public import Exposition

#if canImport(Glibc)
    import Glibc
#endif

/// What the operating system knows of this process, under the names of Prometheus' client libraries:
/// `process_cpu_seconds_total`, `process_resident_memory_bytes` and the others. Source: /proc/self.
public struct ProcessCollector: Collector {
    public init() {}

    public var familyNames: [String] {
        [
            "process_cpu_seconds", "process_max_fds", "process_open_fds", "process_resident_memory_bytes",
            "process_start_time_seconds", "process_virtual_memory_bytes",
        ]
    }

    public func write(_ familyName: String, to writer: inout ExpositionWriter) {
        switch familyName {
        case "process_cpu_seconds":
            var usage = rusage()
            guard getrusage(__rusage_who_t(0), &usage) == 0 else { return }
            writer.begin(familyName, .counter, help: "User and system CPU time in seconds.")
            writer.sample(
                suffix: "_total", labels: [], value: seconds(usage.ru_utime) + seconds(usage.ru_stime))
        case "process_resident_memory_bytes":
            guard let pages = statistics("/proc/self/statm", field: 1) else { return }
            gauge(familyName, "Resident memory in bytes.", pages * Double(getpagesize()), &writer)
        case "process_virtual_memory_bytes":
            guard let pages = statistics("/proc/self/statm", field: 0) else { return }
            gauge(familyName, "Virtual memory in bytes.", pages * Double(getpagesize()), &writer)
        case "process_start_time_seconds":
            guard let time = ProcessCollector.startTime else { return }
            gauge(familyName, "When the process began, in seconds since 1970.", time, &writer)
        case "process_open_fds":
            guard let folder = opendir("/proc/self/fd") else { return }
            defer { closedir(folder) }
            var count = 0
            while readdir(folder) != nil { count += 1 }
            // Not counted: ".", ".." and the descriptor that reads the folder.
            gauge(familyName, "Open file descriptors.", Double(max(count - 3, 0)), &writer)
        case "process_max_fds":
            var limit = rlimit()
            guard getrlimit(__rlimit_resource_t(7), &limit) == 0 else { return }
            gauge(familyName, "The most file descriptors that may be open.", Double(limit.rlim_cur), &writer)
        default: break
        }
    }

    private func gauge(_ name: String, _ help: String, _ value: Double, _ writer: inout ExpositionWriter) {
        writer.begin(name, .gauge, help: help)
        writer.sample(labels: [], value: value)
    }

    private func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1e6
    }

    /// A number of a space-separated file.
    private func statistics(_ path: String, field: Int) -> Double? {
        let fields = ProcessCollector.read(path).split(separator: " ")
        return fields.indices.contains(field) ? Double(fields[field]) : nil
    }

    /// The boot time plus the start of the process in clock ticks after it.
    private static let startTime: Double? = {
        let stat = read("/proc/self/stat")
        // The command, in parentheses, may contain anything.
        guard let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let ticks = Double(fields[19]) else { return nil }
        let bootLine = read("/proc/stat").split(separator: "\n").first { $0.hasPrefix("btime ") }
        guard let boot = bootLine.flatMap({ Double($0.dropFirst(6)) }) else { return nil }
        return boot + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }()

    private static func read(_ path: String) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16384)
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            guard count > 0 else { break }
            result.append(contentsOf: buffer[..<count])
        }
        return String(decoding: result, as: UTF8.self)
    }
}

/// `swift_info 1` with the compiler's version.
public struct SwiftInfoCollector: Collector {
    public init() {}

    public var familyNames: [String] { ["swift_info"] }

    public func write(_ familyName: String, to writer: inout ExpositionWriter) {
        #if compiler(>=6.4)
            let version = "6.4"
        #elseif compiler(>=6.3)
            let version = "6.3"
        #elseif compiler(>=6.2)
            let version = "6.2"
        #else
            let version = "6"
        #endif
        writer.begin(familyName, .gauge, help: "The Swift compiler that built the program.")
        writer.sample(
            labels: ExpositionWriter.renderLabels(["implementation", "version"], ["swiftc", version]),
            value: 1)
    }
}
