import ContainerStats
import Exposition

#if canImport(Glibc)
    import Glibc
#endif

// Measures the container monitor on this machine's own cgroup files: makes so many cgroups, each with a
// sleeping process, collects and renders again and again, and prints the processor time and latency.
//
//     swift run -c release bench-containers [cgroups …]      (default 10 100 1000; needs root)
//     swift run -c release bench-containers root FOLDER       (a recorded machine, as of ../shared/fixtures)
//
// Of more than a thousand cgroups the rest have no process.

/// Processor seconds of this process.
func processorTime() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(0), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func residentMegabytes() -> Double {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 256)
    fgets(&buffer, 256, file)
    let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let fields = text.split(separator: " ")
    return fields.count > 1 ? (Double(fields[1]) ?? 0) * 4096 / 1e6 : 0
}

/// Cgroups that live as long as the benchmark.
struct BenchmarkCgroups {
    private var folders: [String] = []
    private var processes: [pid_t] = []
    private let trees: [String]

    init() {
        let base = "/sys/fs/cgroup"
        if access(base + "/cgroup.controllers", F_OK) == 0 {
            trees = [base]
        } else {
            trees = ["cpu", "cpuacct", "memory", "blkio", "pids", "cpuset", "unified"].map { base + "/" + $0 }
                .filter { access($0, F_OK) == 0 }
        }
    }

    mutating func make(_ count: Int) {
        for tree in trees {
            mkdir(tree + "/martlet-bench", 0o755)
            enable(tree + "/martlet-bench")
        }
        for index in folders.count / max(trees.count, 1)..<count {
            let id = String(repeating: "0", count: 58) + String(index + 100_000)
            var process = pid_t()
            if index < 1000 {
                var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("3600"), nil]
                posix_spawnp(&process, "sleep", nil, nil, &arguments, nil)
                for argument in arguments { free(argument) }
                processes.append(process)
            }
            for tree in trees {
                let folder = "\(tree)/martlet-bench/\(id)"
                mkdir(folder, 0o755)
                folders.append(folder)
                if process > 0, let file = fopen(folder + "/cgroup.procs", "w") {
                    fputs(String(process), file)
                    fclose(file)
                }
            }
        }
    }

    private func enable(_ folder: String) {
        guard trees.count == 1 else { return }
        for path in ["/sys/fs/cgroup", folder] {
            guard let file = fopen(path + "/cgroup.subtree_control", "w") else { continue }
            fputs("+cpu +memory +io +pids", file)
            fclose(file)
        }
    }

    func remove() {
        for process in processes {
            kill(process, SIGKILL)
            waitpid(process, nil, 0)
        }
        for folder in folders.reversed() { rmdir(folder) }
        for tree in trees { rmdir(tree + "/martlet-bench") }
    }
}

extension BenchmarkCgroups {
    /// Makes one more cgroup in every tree. Returns its path.
    mutating func makeOneMore() -> String {
        let name = String(repeating: "f", count: 64)
        for tree in trees {
            mkdir("\(tree)/martlet-bench/\(name)", 0o755)
            folders.append("\(tree)/martlet-bench/\(name)")
        }
        return "/martlet-bench/" + name
    }

    mutating func removeLast() {
        for _ in trees { if let folder = folders.popLast() { rmdir(folder) } }
    }
}

func percentile(_ values: [Double], _ part: Double) -> Double {
    let sorted = values.sorted()
    return sorted[min(Int(Double(sorted.count) * part), sorted.count - 1)]
}

/// - Returns: the median processor time in seconds.
@discardableResult
func measure(_ name: String, _ count: Int, cgroups: Int, _ body: () async throws -> Int) async throws
    -> Double
{
    var times: [Double] = []
    var processor: [Double] = []
    var size = 0
    for _ in 0..<count {
        let start = now()
        let used = processorTime()
        size = try await body()
        processor.append(processorTime() - used)
        times.append(now() - start)
    }
    func micro(_ seconds: Double) -> String { String(Int((seconds * 1e6).rounded())) }
    print(
        "  \(name): CPU best \(micro(processor.min() ?? 0)) µs, median \(micro(percentile(processor, 0.5))) µs (\(String(Int((percentile(processor, 0.5) * 1e7 / Double(cgroups)).rounded()) / 10)) µs a cgroup); wall median \(micro(percentile(times, 0.5))) µs, p99 \(micro(percentile(times, 0.99))) µs; \(size) bytes"
    )
    return percentile(processor, 0.5)
}

if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "root" {
    var options = ContainerMonitorOptions()
    options.root = CommandLine.arguments[2]
    options.dockerSocket = nil
    options.podmanSocket = nil
    options.crioSocket = nil
    let monitor = ContainerMonitor(options: options)
    let watched = try await monitor.snapshot(maxAge: .zero).containers.count
    print("\(options.root): \(watched) watched")
    try await measure("collect and render", 200, cgroups: watched) {
        try await monitor.exposition(as: .text, maxAge: .zero).count
    }
    exit(0)
}

let sizes = CommandLine.arguments.dropFirst().compactMap { Int($0) }
var machine = BenchmarkCgroups()
for size in sizes.isEmpty ? [10, 100, 1000] : sizes.map({ max($0, 1) }) {
    machine.make(size)
    var options = ContainerMonitorOptions()
    options.dockerSocket = nil
    options.podmanSocket = nil
    options.crioSocket = nil
    options.nameWait = 0
    let monitor = ContainerMonitor(options: options)
    let watched = try await monitor.snapshot(maxAge: .zero).containers.count
    print("\(size) cgroups made, \(watched) watched")
    let rounds = size > 2000 ? 20 : 200
    try await measure("collect", rounds, cgroups: watched) {
        try await monitor.snapshot(maxAge: .zero).containers.count
    }
    let scrape = try await measure("collect and render", rounds, cgroups: watched) {
        try await monitor.exposition(as: .text, maxAge: .zero).count
    }
    print(
        "  scraped each 15 s: \(Double(Int(scrape / 15 * 1e6)) / 1e4) % of a core; resident: \(Int(residentMegabytes())) MB"
    )
    let path = machine.makeOneMore()
    let start = now()
    let isSeen = try await monitor.snapshot(maxAge: .zero).containers.contains { $0.path == path }
    print(
        "  a new cgroup \(isSeen ? "is seen" : "IS NOT SEEN") by the next reading, \(Int((now() - start) * 1e6)) µs"
    )
    machine.removeLast()
    monitor.shutDown()
}
machine.remove()
