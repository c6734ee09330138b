import Exposition
import MetricModel
import TestKit
import Testing

@testable import ContainerStats

#if canImport(Glibc)
    import Glibc
#endif

/// A machine of `../shared/fixtures`, unpacked for one test, which may change it.
final class RecordedMachine: Sendable {
    let folder = TemporaryFolder()
    /// The machine's root within the folder.
    let root: String

    static var isAvailable: Bool { SharedFolders.fixtures != nil }

    /// The v1 machine with Docker's files, for tests that change nothing; removed when the tests end.
    static let v1 = Result {
        try shared(
            "machines/v1",
            containers: [
                "web", "burn", "hog", "io", "iothr", "sidecar", "hostnet", "parented", "demo_app_1",
                "demo_worker_1",
            ], from: "docker-api")
    }

    /// The v2 machine under systemd, likewise.
    static let v2 = Result {
        try shared(
            "machines/v2/systemd-6.1",
            containers: ["web", "burn", "hog", "press", "looper", "sidecar", "parented", "privns"],
            from: "docker-api/v2-systemd")
    }

    private static func shared(_ path: String, containers: [String], from: String) throws -> RecordedMachine {
        let machine = try RecordedMachine(path)
        for name in containers { try machine.keepDockerFile(of: name, from: from) }
        atexit {
            for machine in [try? RecordedMachine.v1.get(), try? RecordedMachine.v2.get()] {
                if let machine { pclose(popen("rm -rf '\(machine.folder.path)'", "r")) }
            }
        }
        return machine
    }

    /// - Parameter path: for instance "machines/v1".
    init(_ path: String) throws {
        let archive = try #require(SharedFolders.fixtures) + "/machines.tar.gz"
        let command = popen(
            "tar xzf '\(archive)' -C '\(folder.path)' '\(path)' 'docker-api' 2>&1 || tar xzf '\(archive)' -C '\(folder.path)' './\(path)' './docker-api'",
            "r")
        try #require(command != nil)
        pclose(command)
        root = folder.path + "/" + path
    }

    /// The content of a file of the machine without the last newline.
    func text(_ path: String) -> String {
        let bytes = SharedFolders.read(root + path) ?? []
        let text = String(decoding: bytes, as: UTF8.self)
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    /// A number that is a file of its own.
    func number(_ path: String) -> Double { Double(text(path)) ?? .nan }

    /// The number behind a key of a file of `key number` lines.
    func number(_ path: String, _ key: String) -> Double {
        for line in text(path).split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, words[0] == key { return Double(words[1]) ?? .nan }
        }
        return .nan
    }

    func write(_ path: String, _ text: String) {
        var parts = path.split(separator: "/").dropLast()
        var made = root
        while !parts.isEmpty {
            made += "/" + parts.removeFirst()
            mkdir(made, 0o755)
        }
        guard let file = fopen(root + path, "w") else { return }
        fputs(text, file)
        fclose(file)
    }

    /// Options that look at this machine only.
    func options(clock: ManualClock = ManualClock(1_795_480_000_000)) -> ContainerMonitorOptions {
        var options = ContainerMonitorOptions()
        options.root = root
        options.dockerSocket = nil
        options.podmanSocket = nil
        options.crioSocket = nil
        options.clock = clock
        options.filesystemProbe = FixedSpace()
        // As long as a busy machine may need; the wait ends with the answers.
        options.firstNameWait = 60_000_000_000
        return options
    }

    /// Gives a container the files that Docker keeps of it, from a recorded inspect answer.
    func keepDockerFile(of name: String, from folderName: String = "docker-api") throws {
        let bytes = try #require(SharedFolders.read("\(folder.path)/\(folderName)/inspect_\(name).json"))
        let text = String(decoding: bytes, as: UTF8.self)
        let parts: [Substring] = text.split(separator: "\"")
        let id: Substring = try #require(parts.first { $0.utf8.count == 64 })
        write("/var/lib/docker/containers/\(id)/config.v2.json", text)
        // The file's own spelling of the network mode is in hostconfig.json.
        if let mode = text.firstRange(of: "\"NetworkMode\": \"") {
            write(
                "/var/lib/docker/containers/\(id)/hostconfig.json",
                "{\"NetworkMode\": \"\(text[mode.upperBound...].prefix { $0 != "\"" })\"}")
        }
    }
}

/// Every file system is 1000 blocks of 4 KiB, a quarter free.
struct FixedSpace: FilesystemProbe {
    func space(at path: String) -> FilesystemSpace? {
        FilesystemSpace(capacity: 4_096_000, free: 1_024_000, available: 512_000, inodes: 100, inodesFree: 40)
    }
}

/// A parsed body of `/metrics`.
struct MetricsText {
    struct Sample {
        var name: String
        var labels: [String: String]
        var value: Double
        var timestamp: Int64?
    }

    let samples: [Sample]
    let types: [String: String]
    let text: String

    init(_ body: [UInt8], format: ExpositionFormat = .text) throws {
        text = String(decoding: body, as: UTF8.self)
        var samples: [Sample] = []
        var types: [String: String] = [:]
        try body.withUnsafeBufferPointer { bytes in
            var parser = ExpositionParser(bytes, format: format)
            while let entry = try parser.next() {
                switch entry {
                case .sample(let line):
                    let labels = try SeriesText.decode(
                        UnsafeBufferPointer(rebasing: bytes[line.series]), type: nil
                    ).labels()
                    var dictionary: [String: String] = [:]
                    for pair in labels.pairs { dictionary[pair.name] = pair.value }
                    let name = dictionary.removeValue(forKey: "__name__") ?? ""
                    samples.append(
                        Sample(name: name, labels: dictionary, value: line.value, timestamp: line.timestamp))
                case .type(let name, let type):
                    types[String(decoding: bytes[name], as: UTF8.self)] = type.rawValue
                default: break
                }
            }
        }
        self.samples = samples
        self.types = types
    }

    func all(_ name: String, _ labels: [String: String] = [:]) -> [Sample] {
        samples.filter { sample in
            sample.name == name && labels.allSatisfy { sample.labels[$0.key] ?? "" == $0.value }
        }
    }

    /// The value of the only series with this name and these labels; nil when there is none or several.
    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        let found = all(name, labels)
        return found.count == 1 ? found[0].value : nil
    }

    var names: Set<String> { Set(samples.map(\.name)) }
}

extension ContainerMonitor {
    /// The metrics, read anew.
    func metrics(_ format: ExpositionFormat = .text, hasTimestamps: Bool = false) async throws -> MetricsText
    {
        let body = try await exposition(as: format, maxAge: .zero, hasTimestamps: hasTimestamps)
        return try MetricsText(body + (format == .openMetrics ? Array("# EOF\n".utf8) : []), format: format)
    }
}
