import Synchronization

/// A disk whose calls fail when a test says so. A failing write may have written a part.
public final class FaultyDisk: Disk {
    /// Decides about a call: its number from 1, the name of the C function and the path.
    public typealias Judge = @Sendable (_ number: Int, _ call: String, _ path: String) -> DiskError.Kind?

    private struct State {
        var count = 0
        var judge: Judge?
    }

    fileprivate let base: any Disk
    private let state = Mutex(State())

    public init(_ base: any Disk) { self.base = base }

    /// The calls that changed or read something so far.
    public var callCount: Int { state.withLock { $0.count } }

    /// Sets who decides from now on; nil lets all calls through. Counting starts anew.
    public func setJudge(_ judge: Judge?) {
        state.withLock {
            $0.count = 0
            $0.judge = judge
        }
    }

    fileprivate func check(_ call: String, _ path: String) throws(DiskError) {
        let (number, judge) = state.withLock { state in
            state.count += 1
            return (state.count, state.judge)
        }
        if let kind = judge?(number, call, path) { throw DiskError(kind, call: call, path: path) }
    }

    public func makeFolder(_ path: String) throws(DiskError) {
        try check("mkdir", path)
        try base.makeFolder(path)
    }

    public func list(_ path: String) throws(DiskError) -> [String] {
        try check("opendir", path)
        return try base.list(path)
    }

    public func status(_ path: String) throws(DiskError) -> FileStatus? {
        try check("stat", path)
        return try base.status(path)
    }

    public func open(_ path: String, _ mode: FileMode) throws(DiskError) -> any DiskFile {
        try check("open", path)
        return FaultyFile(self, try base.open(path, mode))
    }

    public func remove(_ path: String) throws(DiskError) {
        try check("unlink", path)
        try base.remove(path)
    }

    public func rename(_ from: String, to: String) throws(DiskError) {
        try check("rename", from)
        try base.rename(from, to: to)
    }

    public func link(_ from: String, to: String) throws(DiskError) {
        try check("link", from)
        try base.link(from, to: to)
    }

    public func syncFolder(_ path: String) throws(DiskError) {
        try check("fsync", path)
        try base.syncFolder(path)
    }

    public func lock(_ path: String) throws(DiskError) -> any DiskLock {
        try check("flock", path)
        return try base.lock(path)
    }

    public func capacity(_ path: String) throws(DiskError) -> (total: Int64, free: Int64) {
        try base.capacity(path)
    }
}

private final class FaultyFile: DiskFile {
    private let disk: FaultyDisk
    private let base: any DiskFile

    init(_ disk: FaultyDisk, _ base: any DiskFile) {
        self.disk = disk
        self.base = base
    }

    var path: String { base.path }

    func size() throws(DiskError) -> Int64 {
        try disk.check("fstat", path)
        return try base.size()
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(DiskError) {
        do throws(DiskError) {
            try disk.check("write", path)
        } catch {
            // A short write before the failure.
            try? base.write(UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)]), at: offset)
            throw error
        }
        try base.write(bytes, at: offset)
    }

    func read(into target: UnsafeMutableRawBufferPointer, at offset: Int64) throws(DiskError) -> Int {
        try disk.check("read", path)
        return try base.read(into: target, at: offset)
    }

    func truncate(to size: Int64) throws(DiskError) {
        try disk.check("ftruncate", path)
        try base.truncate(to: size)
    }

    func sync() throws(DiskError) {
        try disk.check("fdatasync", path)
        try base.sync()
    }

    func map(length: Int) throws(DiskError) -> FileMapping {
        try disk.check("mmap", path)
        return try base.map(length: length)
    }
}
