/// Files and folders, behind a protocol so that tests can run on memory and cut the power.
///
/// Paths are absolute or relative to the working folder, with `/`. All calls block.
public protocol Disk: Sendable {
    /// Makes a folder and those above it; no error when it exists.
    func makeFolder(_ path: String) throws(DiskError)

    /// The names in a folder, ascending by bytes, without `.` and `..`.
    func list(_ path: String) throws(DiskError) -> [String]

    /// What is at the path; nil when nothing is.
    func status(_ path: String) throws(DiskError) -> FileStatus?

    func open(_ path: String, _ mode: FileMode) throws(DiskError) -> any DiskFile

    /// Removes a file, or a folder with all that is in it; no error when there is none.
    func remove(_ path: String) throws(DiskError)

    /// Gives a file or folder another name, replacing a file that has it.
    func rename(_ from: String, to: String) throws(DiskError)

    /// Makes a second name for a file; where the file system cannot, a copy.
    func link(_ from: String, to: String) throws(DiskError)

    /// Makes creations, renames and removals in a folder survive a power cut.
    func syncFolder(_ path: String) throws(DiskError)

    /// Takes an exclusive lock on a file, made when it is missing. It ends with the object or the
    /// process.
    ///
    /// - Throws: `locked` when somebody holds it.
    func lock(_ path: String) throws(DiskError) -> any DiskLock

    /// Takes a lock on a file that exists, for reading what it guards: as many as like may hold one, but
    /// nobody beside them ``lock(_:)``. The file needs not be writable.
    ///
    /// - Throws: `locked` when somebody holds the exclusive one.
    func lockForReading(_ path: String) throws(DiskError) -> any DiskLock

    /// Bytes of the file system that holds the path.
    func capacity(_ path: String) throws(DiskError) -> (total: Int64, free: Int64)
}

public enum FileMode: Sendable {
    /// Read only; must exist.
    case read
    /// Read and write; made when missing, emptied when not.
    case create
    /// Read and write; must exist.
    case update
}

public struct FileStatus: Sendable, Equatable {
    public var isFolder: Bool
    /// Bytes; of a folder undefined.
    public var size: Int64
    /// Seconds since 1970.
    public var modified: Int64

    public init(isFolder: Bool, size: Int64, modified: Int64) {
        self.isFolder = isFolder
        self.size = size
        self.modified = modified
    }
}

/// Held as long as the object lives.
public protocol DiskLock: AnyObject, Sendable {
    func unlock()
}

/// An open file. Closed when the object goes.
public protocol DiskFile: AnyObject, Sendable {
    var path: String { get }

    /// Bytes.
    func size() throws(DiskError) -> Int64

    /// Writes all bytes at an offset, extending the file where needed. After an error any part of them
    /// may have been written.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(DiskError)

    /// Fills as much of `target` as the file has behind `offset`; returns the number of bytes.
    func read(into target: UnsafeMutableRawBufferPointer, at offset: Int64) throws(DiskError) -> Int

    /// Cuts or extends (by zeros) to a size.
    func truncate(to size: Int64) throws(DiskError)

    /// Makes what was written survive a power cut.
    func sync() throws(DiskError)

    /// Maps the file for reading. Bytes that are written later inside `length` show; bytes behind the
    /// end of the file must not be touched.
    func map(length: Int) throws(DiskError) -> FileMapping
}

/// A file's bytes as memory, until the object goes.
public final class FileMapping: @unchecked Sendable {
    // Safe to share: the mapping is read-only and lives as long as the object.
    public let bytes: UnsafeRawBufferPointer
    private let release: @Sendable () -> Void
    private let forget: @Sendable (Range<Int>) -> Void
    private let holds: @Sendable (Range<Int>) -> Bool

    /// - Parameters:
    ///   - forget: lets go of the memory for some of the bytes, which are read from the file again when asked for.
    ///   - holds: whether some of the bytes, not none, are in memory.
    ///   - release: ends the mapping.
    public init(
        _ bytes: UnsafeRawBufferPointer, forget: @escaping @Sendable (Range<Int>) -> Void = { _ in },
        holds: @escaping @Sendable (Range<Int>) -> Bool = { _ in true },
        release: @escaping @Sendable () -> Void
    ) {
        self.bytes = bytes
        self.forget = forget
        self.holds = holds
        self.release = release
    }

    /// Says that some of the bytes are not needed soon, so that they need not count as the process' memory.
    public func doneWith(_ range: Range<Int>) { forget(range.clamped(to: bytes.indices)) }

    /// Whether reading these bytes would not wait for the disk now. Takes a system call, and the longer the more bytes.
    public func isInMemory(_ range: Range<Int>) -> Bool {
        let range = range.clamped(to: bytes.indices)
        return range.isEmpty || holds(range)
    }

    deinit { release() }
}

extension Disk {
    /// For disks that know only one kind of lock.
    public func lockForReading(_ path: String) throws(DiskError) -> any DiskLock { try lock(path) }

    /// Copies the bytes of a file, synced; replaces what has the name.
    public func copyFile(_ from: String, to: String) throws(DiskError) {
        let source = try open(from, .read)
        let target = try open(to, .create)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        var offset: Int64 = 0
        while true {
            let count = try source.read(into: buffer, at: offset)
            if count == 0 { break }
            try target.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]), at: offset)
            offset += Int64(count)
        }
        try target.sync()
    }

    /// All bytes of a file.
    ///
    /// - Parameter limit: `io` is thrown for a file that is larger.
    public func readFile(_ path: String, limit: Int64 = 1 << 30) throws(DiskError) -> [UInt8] {
        let file = try open(path, .read)
        let size = try file.size()
        guard size <= limit else { throw DiskError(.io, call: "read", path: path) }
        var bytes = [UInt8](repeating: 0, count: Int(size))
        var failure: DiskError?
        var count = 0
        bytes.withUnsafeMutableBytes { target in
            do throws(DiskError) {
                count = try file.read(into: target, at: 0)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// Writes a file so that after a power cut either the old or the new one is there: writes
    /// `path.tmp`, syncs, renames, syncs the folder.
    public func replaceFile(_ path: String, with bytes: [UInt8]) throws(DiskError) {
        let temporary = path + ".tmp"
        let file = try open(temporary, .create)
        var failure: DiskError?
        bytes.withUnsafeBytes { source in
            do throws(DiskError) {
                try file.write(source, at: 0)
                try file.sync()
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        try rename(temporary, to: path)
        try syncFolder(FilePath.folder(of: path))
    }

    /// The bytes of all files in a folder and below.
    public func sizeOfTree(_ path: String) throws(DiskError) -> Int64 {
        guard let status = try status(path) else { return 0 }
        guard status.isFolder else { return status.size }
        var sum: Int64 = 0
        for name in try list(path) { sum += try sizeOfTree(path + "/" + name) }
        return sum
    }
}

/// Plain text work on paths.
public enum FilePath {
    /// What stands before the last `/`; `.` when there is none.
    public static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// What stands behind the last `/`.
    public static func name(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return path }
        return String(path[path.index(after: slash)...])
    }
}
