#if canImport(Glibc)
    import Glibc
#endif

/// How much memory the process may use: the least of the machine's memory and the bounds of its control
/// groups.
public enum MemoryLimit {
    /// Bytes; reads a few small files.
    public static func current() -> Int64 {
        let machine = machineMemory()
        let group = groupLimit(
            membership: text("/proc/self/cgroup") ?? "", file: { text("/sys/fs/cgroup" + $0) })
        return min(machine, group ?? .max)
    }

    private static func machineMemory() -> Int64 {
        let pages = sysconf(Int32(_SC_PHYS_PAGES))
        let size = sysconf(Int32(_SC_PAGESIZE))
        guard pages > 0, size > 0 else { return .max }
        let (bytes, overflow) = Int64(pages).multipliedReportingOverflow(by: Int64(size))
        return overflow ? .max : bytes
    }

    /// The least bound of the control groups that the process is in, or nil when there is none.
    ///
    /// - Parameters:
    ///   - membership: `/proc/self/cgroup`: lines of number, controllers and path, parted by colons.
    ///     Version 2 has number 0 and no controllers.
    ///   - file: the text of a file below `/sys/fs/cgroup`, nil when it cannot be read.
    public static func groupLimit(membership: String, file: (String) -> String?) -> Int64? {
        var least: Int64?
        for line in membership.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            let isVersion2 = parts[0] == "0" && parts[1].isEmpty
            guard isVersion2 || parts[1].split(separator: ",").contains("memory") else { continue }
            let root = isVersion2 ? "" : "/memory"
            let name = isVersion2 ? "/memory.max" : "/memory.limit_in_bytes"
            // A bound of a group holds for those below it. In a container the path may be that of the
            // host, while the files of the own group lie at the root.
            var path = parts[2] == "/" ? "" : String(parts[2])
            while true {
                if let limit = file(root + path + name).flatMap(bytes) { least = min(least ?? .max, limit) }
                guard let slash = path.lastIndex(of: "/") else { break }
                path = String(path[..<slash])
            }
        }
        return least
    }

    /// Nil for "max", and for the huge number that version 1 shows when there is no bound.
    private static func bytes(_ text: String) -> Int64? {
        guard let number = Int64(text.prefix { $0.isASCII && $0.isNumber }), number > 0, number < 1 << 60
        else { return nil }
        return number
    }

    private static func text(_ path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
