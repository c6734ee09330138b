import TestKit

@testable import ContainerStats

#if canImport(Glibc)
    import Glibc
#endif

/// A folder that a test fills with files, to stand for a machine.
struct RecordedFolder {
    let path: String

    init(_ path: String) { self.path = path }

    func write(_ file: String, _ text: String) { write(file, Array(text.utf8)) }

    func write(_ file: String, _ bytes: [UInt8]) {
        var made = path
        for part in file.split(separator: "/").dropLast() {
            made += "/" + part
            mkdir(made, 0o755)
        }
        guard let stream = fopen(path + file, "w") else { return }
        fwrite(bytes, 1, bytes.count, stream)
        fclose(stream)
    }

    func remove(_ name: String) { shell("rm -rf '\(path + name)'") }

    /// Runs a command. Returns what it printed.
    @discardableResult
    func shell(_ command: String) -> String {
        guard let stream = popen(command, "r") else { return "" }
        defer { pclose(stream) }
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = fread(&buffer, 1, buffer.count, stream)
            if count == 0 { return String(decoding: result, as: UTF8.self) }
            result += buffer[..<count]
        }
    }

    /// A cgroup v2 machine with nothing but a root.
    func makeV2Root() {
        write("/sys/fs/cgroup/cgroup.controllers", "cpu io memory pids\n")
        write("/sys/fs/cgroup/cpu.stat", "usage_usec 5000000\nuser_usec 3000000\nsystem_usec 2000000\n")
        write("/sys/fs/cgroup/memory.stat", "anon 1000\nfile 2000\ninactive_file 500\n")
        write("/proc/meminfo", "MemTotal: 1000 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n")
        write("/proc/cpuinfo", "processor\t: 0\n")
        write("/proc/diskstats", "254 0 vda 1 2 3 4 5 6 7 8 9 10 11\n")
        write("/proc/stat", "btime 1700000000\n")
    }

    /// A cgroup of it with some memory.
    func makeCgroup(_ name: String, memory: String = "4096\n") {
        write("/sys/fs/cgroup\(name)/memory.current", memory)
        write("/sys/fs/cgroup\(name)/memory.stat", "anon 100\nfile 200\ninactive_file 96\n")
        write("/sys/fs/cgroup\(name)/cpu.stat", "usage_usec 1000000\nuser_usec 600000\nsystem_usec 400000\n")
    }

    func options(clock: ManualClock = ManualClock(1_795_480_000_000)) -> ContainerMonitorOptions {
        var options = ContainerMonitorOptions()
        options.root = path
        options.dockerSocket = nil
        options.podmanSocket = nil
        options.crioSocket = nil
        options.clock = clock
        options.filesystemProbe = FixedSpace()
        // As long as a busy machine may need; the wait ends with the answers.
        options.firstNameWait = 60_000_000_000
        return options
    }
}
