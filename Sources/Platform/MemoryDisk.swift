import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A disk in memory that knows what would survive a power cut: bytes since the last `sync` of a file and
/// names since the last `syncFolder` of a folder may be lost, in part and in any order.
public final class MemoryDisk: Disk {
    fileprivate enum Node: Sendable {
        case folder
        case file(MemoryContent)
    }

    private struct State {
        var entries: [String: Node] = ["": .folder]
        /// What a power cut leaves of names.
        var durable: [String: Node] = ["": .folder]
        /// Renames of folders that are not synced, in their order.
        var renames: [(from: String, to: String)] = []
        var locks: Set<String> = []

        /// Moves what is durable below a folder along with it.
        mutating func settle(_ rename: (from: String, to: String)) {
            for key in durable.keys where key.hasPrefix(rename.from + "/") {
                durable[rename.to + key.dropFirst(rename.from.count)] = durable[key]
                durable[key] = nil
            }
            durable[rename.to] = durable[rename.from]
            durable[rename.from] = nil
        }
    }

    private let state = Mutex(State())

    public init() {}

    /// Ends all locks, as the death of the process does.
    public func killProcess() { state.withLock { $0.locks = [] } }

    /// The disk as it may be found after the power came back.
    ///
    /// - Parameter random: decides which unsynced sectors and names survived.
    public func afterPowerCut(_ random: inout some RandomNumberGenerator) -> MemoryDisk {
        let entries = state.withLock { $0.entries }
        // Of renames that were not synced the first few may have happened.
        let renameCount = Int.random(in: 0...state.withLock { $0.renames.count }, using: &random)
        let durable = state.withLock { state in
            var copy = state
            for rename in state.renames.prefix(renameCount) { copy.settle(rename) }
            return copy.durable
        }
        var survived = durable
        for (path, node) in entries.sorted(by: { $0.key < $1.key }) where survived[path] == nil {
            if Bool.random(using: &random) { survived[path] = node }
        }
        for path in durable.keys.sorted() where entries[path] == nil {
            // A removal that was not synced may have happened.
            if Bool.random(using: &random) { survived[path] = nil }
        }
        let result = MemoryDisk()
        for (path, node) in survived.sorted(by: { $0.key < $1.key }) {
            // What lost its folder is lost.
            var folder = FilePath.folder(of: path)
            var isReachable = true
            while folder != ".", folder != "/" {
                if survived[folder] == nil { isReachable = false }
                folder = FilePath.folder(of: folder)
            }
            guard isReachable else { continue }
            let copy: Node =
                switch node {
                case .folder: .folder
                case .file(let content): .file(content.afterPowerCut(&random))
                }
            result.state.withLock {
                $0.entries[path] = copy
                $0.durable[path] = copy
            }
        }
        return result
    }

    /// Changes one bit of a file, as a failing disk does.
    public func flipBit(_ path: String, at offset: Int, bit: Int) {
        guard case .file(let content)? = state.withLock({ $0.entries[path] }) else { return }
        content.flipBit(offset, bit)
    }

    /// All files, ascending, with their sizes.
    public var files: [(path: String, size: Int)] {
        state.withLock { state in
            state.entries.compactMap { item in
                if case .file(let content) = item.value { (item.key, content.count) } else { nil }
            }.sorted { $0.path < $1.path }
        }
    }

    // MARK: - Disk

    public func makeFolder(_ path: String) throws(DiskError) {
        let isFile = state.withLock { state in
            var path = path
            while path != ".", path != "/" {
                if case .file? = state.entries[path] { return true }
                if state.entries[path] == nil { state.entries[path] = .folder }
                path = FilePath.folder(of: path)
            }
            return false
        }
        if isFile { throw DiskError(.notFound, call: "mkdir", path: path) }
    }

    public func list(_ path: String) throws(DiskError) -> [String] {
        let names: [String]? = state.withLock { state in
            guard case .folder? = state.entries[path] else { return nil }
            return state.entries.keys.filter { !$0.isEmpty && FilePath.folder(of: $0) == path && $0 != path }
                .map(FilePath.name(of:))
        }
        guard let names else { throw DiskError(.notFound, call: "opendir", path: path) }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    public func status(_ path: String) throws(DiskError) -> FileStatus? {
        state.withLock { state in
            switch state.entries[path] {
            case .folder?: FileStatus(isFolder: true, size: 0, modified: 0)
            case .file(let content)?: FileStatus(isFolder: false, size: Int64(content.count), modified: 0)
            case nil: nil
            }
        }
    }

    public func open(_ path: String, _ mode: FileMode) throws(DiskError) -> any DiskFile {
        let content: MemoryContent? = state.withLock { state in
            if case .file(let content)? = state.entries[path] {
                if mode == .create { content.truncate(0) }
                return content
            }
            guard mode == .create, state.entries[path] == nil, state.entries[FilePath.folder(of: path)] != nil
            else { return nil }
            let content = MemoryContent()
            state.entries[path] = .file(content)
            return content
        }
        guard let content else { throw DiskError(.notFound, call: "open", path: path) }
        return MemoryFile(path, content)
    }

    public func remove(_ path: String) throws(DiskError) {
        state.withLock { state in
            for key in state.entries.keys where key == path || key.hasPrefix(path + "/") {
                state.entries[key] = nil
            }
        }
    }

    public func rename(_ from: String, to: String) throws(DiskError) {
        let isKnown = state.withLock { state in
            guard state.entries[from] != nil else { return false }
            let moved = state.entries.keys.filter { $0 == from || $0.hasPrefix(from + "/") }
            for key in moved {
                state.entries[to + key.dropFirst(from.count)] = state.entries[key]
                state.entries[key] = nil
            }
            // Names inside a folder go with it: only the folder's own name must be synced.
            if case .folder? = state.entries[to] { state.renames.append((from, to)) }
            return true
        }
        if !isKnown { throw DiskError(.notFound, call: "rename", path: from) }
    }

    public func link(_ from: String, to: String) throws(DiskError) {
        let isDone = state.withLock { state in
            guard let node = state.entries[from], state.entries[to] == nil else { return false }
            state.entries[to] = node
            return true
        }
        if !isDone { throw DiskError(.alreadyExists, call: "link", path: from) }
    }

    public func syncFolder(_ path: String) throws(DiskError) {
        state.withLock { state in
            while let rename = state.renames.first,
                state.renames.contains(where: { FilePath.folder(of: $0.to) == path })
            {
                state.settle(rename)
                state.renames.removeFirst()
            }
            for key in state.durable.keys
            where !key.isEmpty && FilePath.folder(of: key) == path && state.entries[key] == nil {
                for below in state.durable.keys where below.hasPrefix(key + "/") {
                    state.durable[below] = nil
                }
            }
            for key in Set(state.entries.keys).union(state.durable.keys)
            where !key.isEmpty && FilePath.folder(of: key) == path {
                state.durable[key] = state.entries[key]
            }
        }
    }

    public func lock(_ path: String) throws(DiskError) -> any DiskLock {
        let isFree = state.withLock { state in
            if state.entries[path] == nil { state.entries[path] = .file(MemoryContent()) }
            return state.locks.insert(path).inserted
        }
        guard isFree else { throw DiskError(.locked, call: "flock", path: path) }
        return MemoryLock(self, path)
    }

    fileprivate func unlock(_ path: String) { state.withLock { _ = $0.locks.remove(path) } }

    public func capacity(_ path: String) throws(DiskError) -> (total: Int64, free: Int64) {
        (1 << 40, 1 << 39)
    }
}

private final class MemoryLock: DiskLock {
    private let disk: MemoryDisk
    private let path: String

    init(_ disk: MemoryDisk, _ path: String) {
        self.disk = disk
        self.path = path
    }

    func unlock() { disk.unlock(path) }
}

/// The bytes of a file at an address that never changes, and those that are synced.
private final class MemoryContent: @unchecked Sendable {
    // Safe to share: all changes happen under `lock`; mappings read without it, as of a real file.
    static let capacity = 192 << 20
    static let sector = 512

    let base = PageMemory.allocate(MemoryContent.capacity)
    private let lock = Mutex<(count: Int, durable: [UInt8])>((0, []))

    deinit { PageMemory.free(base, MemoryContent.capacity) }

    var count: Int { lock.withLock { $0.count } }

    func write(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Bool {
        guard offset >= 0, offset + bytes.count <= MemoryContent.capacity else { return false }
        lock.withLock { state in
            if let source = bytes.baseAddress {
                (base + offset).copyMemory(from: source, byteCount: bytes.count)
            }
            state.count = max(state.count, offset + bytes.count)
        }
        return true
    }

    func read(_ target: UnsafeMutableRawBufferPointer, _ offset: Int) -> Int {
        lock.withLock { state in
            let count = max(0, min(target.count, state.count - offset))
            if count > 0 { target.baseAddress?.copyMemory(from: base + offset, byteCount: count) }
            return count
        }
    }

    func truncate(_ size: Int) {
        lock.withLock { state in
            if size < state.count {
                (base + size).initializeMemory(as: UInt8.self, repeating: 0, count: state.count - size)
            }
            state.count = size
        }
    }

    func sync() {
        lock.withLock { state in
            state.durable = Array(UnsafeRawBufferPointer(start: base, count: state.count))
        }
    }

    func flipBit(_ offset: Int, _ bit: Int) {
        lock.withLock { state in
            guard offset < state.count else { return }
            let byte = base.load(fromByteOffset: offset, as: UInt8.self)
            base.storeBytes(of: byte ^ (1 << UInt8(bit & 7)), toByteOffset: offset, as: UInt8.self)
        }
    }

    /// Synced bytes, and of what came later a random choice of sectors; the rest reads as it was or as
    /// zeros.
    func afterPowerCut(_ random: inout some RandomNumberGenerator) -> MemoryContent {
        let (current, durable) = lock.withLock { state in
            (Array(UnsafeRawBufferPointer(start: base, count: state.count)), state.durable)
        }
        let result = MemoryContent()
        var bytes = durable
        if current != durable {
            var size = durable.count
            if current.count != durable.count, Bool.random(using: &random) {
                size =
                    current.count > durable.count
                    ? Int.random(in: durable.count...current.count, using: &random) : current.count
            }
            if size < bytes.count { bytes.removeLast(bytes.count - size) }
            bytes.append(contentsOf: repeatElement(0, count: size - bytes.count))
            var start = 0
            while start < size {
                let end = min(start + MemoryContent.sector, size, current.count)
                if start < end, Bool.random(using: &random) {
                    bytes.replaceSubrange(start..<end, with: current[start..<end])
                }
                start += MemoryContent.sector
            }
        }
        bytes.withUnsafeBytes { _ = result.write($0, 0) }
        result.sync()
        return result
    }
}

private final class MemoryFile: DiskFile {
    let path: String
    private let content: MemoryContent

    init(_ path: String, _ content: MemoryContent) {
        self.path = path
        self.content = content
    }

    func size() throws(DiskError) -> Int64 { Int64(content.count) }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(DiskError) {
        guard content.write(bytes, Int(offset)) else { throw DiskError(.diskFull, call: "write", path: path) }
    }

    func read(into target: UnsafeMutableRawBufferPointer, at offset: Int64) throws(DiskError) -> Int {
        content.read(target, Int(offset))
    }

    func truncate(to size: Int64) throws(DiskError) {
        guard size >= 0, size <= MemoryContent.capacity else {
            throw DiskError(.diskFull, call: "ftruncate", path: path)
        }
        content.truncate(Int(size))
    }

    func sync() throws(DiskError) { content.sync() }

    func map(length: Int) throws(DiskError) -> FileMapping {
        guard length <= MemoryContent.capacity else { throw DiskError(.io, call: "mmap", path: path) }
        let content = content
        return FileMapping(UnsafeRawBufferPointer(start: content.base, count: length)) { _ = content }
    }
}
