import Logging
import Platform

#if canImport(Glibc)
    import Glibc
#endif

/// Target groups in files. A file that cannot be read keeps the groups that it had.
struct FileDiscoverer: Discoverer {
    private struct Seen: Sendable, Equatable {
        var modified: Int64
        var size: Int64
        var node: UInt64
    }

    private let settings: FileDiscoverySettings
    private let services: DiscoveryServices
    private var seen: [String: Seen] = [:]
    private var groups: [String: [TargetGroup]] = [:]

    /// Looking at a file's status costs microseconds, so changes show soon without notification.
    private static let lookInterval: Int64 = 2_000

    var interval: Int64 { min(max(settings.refreshInterval, 100), Self.lookInterval) }
    var name: String { "file " + settings.files.joined(separator: ", ") }

    init(_ settings: FileDiscoverySettings, _ services: DiscoveryServices) {
        self.settings = settings
        self.services = services
    }

    mutating func look() async throws -> [TargetGroup]? {
        let (copy, changed) = try await services.workers.run { [self] _ in
            var copy = self
            let changed = copy.readFiles()
            return (copy, changed)
        }
        self = copy
        guard changed else { return nil }
        return groups.keys.sorted().flatMap { groups[$0] ?? [] }
    }

    /// Reads what has changed; blocks on the disk. Returns whether anything has.
    private mutating func readFiles() -> Bool {
        let paths = Set(settings.files.flatMap(Self.matching))
        var isChanged = seen.isEmpty
        for path in groups.keys where !paths.contains(path) {
            groups[path] = nil
            seen[path] = nil
            isChanged = true
        }
        for path in paths.sorted() {
            var status = stat()
            guard stat(path, &status) == 0 else { continue }
            let now = Seen(
                modified: Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec),
                size: Int64(status.st_size), node: UInt64(status.st_ino))
            if seen[path] == now { continue }
            seen[path] = now
            do {
                groups[path] = try read(path)
                isChanged = true
            } catch {
                services.logger.error(
                    "cannot read a file of targets", metadata: ["file": "\(path)", "error": "\(error)"])
            }
        }
        return isChanged
    }

    private func read(_ path: String) throws -> [TargetGroup] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw ScrapingError(.discovery, String(cString: strerror(errno))) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < 1 << 28 {
            let count = Glibc.read(file, &buffer, buffer.count)
            guard count >= 0 else { throw ScrapingError(.discovery, String(cString: strerror(errno))) }
            if count == 0 { break }
            bytes.append(contentsOf: buffer[..<count])
        }
        var result: [TargetGroup]
        if path.lowercased().hasSuffix(".json") {
            result = try TargetGroupText.read(bytes, source: path)
        } else if let readYAML = services.options.readYAML {
            result = try readYAML(String(decoding: bytes, as: UTF8.self), path)
        } else {
            throw ScrapingError(.discovery, "cannot read YAML")
        }
        for index in result.indices {
            result[index].labels["__meta_filepath"] = path
            result[index].source = "\(path):\(index)"
        }
        return result
    }

    private static func matching(_ pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, 0, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
    }
}
