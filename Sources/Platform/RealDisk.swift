#if canImport(Glibc)
    import Glibc
#endif

/// The machine's file systems.
public struct RealDisk: Disk {
    public init() {}

    public func makeFolder(_ path: String) throws(DiskError) {
        if path.isEmpty { throw DiskError(errno: ENOENT, call: "mkdir", path: path) }
        if mkdir(path, 0o777) == 0 { return }
        let code = errno
        if code == ENOENT, path.contains("/"), FilePath.folder(of: path) != path {
            try makeFolder(FilePath.folder(of: path))
            if mkdir(path, 0o777) == 0 || errno == EEXIST { return }
            throw DiskError(errno: errno, call: "mkdir", path: path)
        }
        if code == EEXIST {
            if try status(path)?.isFolder == true { return }
            throw DiskError(errno: ENOTDIR, call: "mkdir", path: path)
        }
        throw DiskError(errno: code, call: "mkdir", path: path)
    }

    public func list(_ path: String) throws(DiskError) -> [String] {
        guard let folder = opendir(path) else { throw DiskError(errno: errno, call: "opendir", path: path) }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    public func status(_ path: String) throws(DiskError) -> FileStatus? {
        var status = stat()
        if stat(path, &status) != 0 {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw DiskError(errno: errno, call: "stat", path: path)
        }
        return FileStatus(
            isFolder: status.st_mode & S_IFMT == S_IFDIR, size: Int64(status.st_size),
            modified: Int64(status.st_mtim.tv_sec))
    }

    public func open(_ path: String, _ mode: FileMode) throws(DiskError) -> any DiskFile {
        let flags: Int32 =
            switch mode {
            case .read: O_RDONLY | O_CLOEXEC
            case .create: O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC
            case .update: O_RDWR | O_CLOEXEC
            }
        let descriptor = Glibc.open(path, flags, 0o666)
        guard descriptor >= 0 else { throw DiskError(errno: errno, call: "open", path: path) }
        return RealFile(descriptor, path: path)
    }

    public func remove(_ path: String) throws(DiskError) {
        var status = stat()
        if lstat(path, &status) != 0 {
            if errno == ENOENT || errno == ENOTDIR { return }
            throw DiskError(errno: errno, call: "lstat", path: path)
        }
        if status.st_mode & S_IFMT == S_IFDIR {
            for name in try list(path) { try remove(path + "/" + name) }
            if rmdir(path) != 0, errno != ENOENT { throw DiskError(errno: errno, call: "rmdir", path: path) }
        } else if unlink(path) != 0, errno != ENOENT {
            throw DiskError(errno: errno, call: "unlink", path: path)
        }
    }

    public func rename(_ from: String, to: String) throws(DiskError) {
        if Glibc.rename(from, to) != 0 { throw DiskError(errno: errno, call: "rename", path: from) }
    }

    public func link(_ from: String, to: String) throws(DiskError) {
        if Glibc.link(from, to) == 0 { return }
        let code = errno
        guard code == EPERM || code == EXDEV || code == ENOTSUP || code == EMLINK else {
            throw DiskError(errno: code, call: "link", path: from)
        }
        try copyFile(from, to: to)
    }

    public func syncFolder(_ path: String) throws(DiskError) {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DiskError(errno: errno, call: "open", path: path) }
        defer { close(descriptor) }
        // Some file systems (FUSE, 9p) cannot sync a folder and say EINVAL; there is no more to be had.
        if fsync(descriptor) != 0, errno != EINVAL {
            throw DiskError(errno: errno, call: "fsync", path: path)
        }
    }

    public func lock(_ path: String) throws(DiskError) -> any DiskLock {
        try lock(path, O_RDWR | O_CREAT, LOCK_EX)
    }

    public func lockForReading(_ path: String) throws(DiskError) -> any DiskLock {
        try lock(path, O_RDONLY, LOCK_SH)
    }

    private func lock(_ path: String, _ flags: Int32, _ kind: Int32) throws(DiskError) -> any DiskLock {
        let descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw DiskError(errno: errno, call: "open", path: path) }
        if flock(descriptor, kind | LOCK_NB) != 0 {
            let code = errno
            close(descriptor)
            throw DiskError(errno: code, call: "flock", path: path)
        }
        return RealLock(descriptor)
    }

    public func capacity(_ path: String) throws(DiskError) -> (total: Int64, free: Int64) {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else {
            throw DiskError(errno: errno, call: "statvfs", path: path)
        }
        let unit = Int64(status.f_frsize)
        return (Int64(status.f_blocks) * unit, Int64(status.f_bavail) * unit)
    }
}

private final class RealFile: DiskFile {
    private let descriptor: Int32
    let path: String

    init(_ descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    func size() throws(DiskError) -> Int64 {
        var status = stat()
        if fstat(descriptor, &status) != 0 { throw DiskError(errno: errno, call: "fstat", path: path) }
        return Int64(status.st_size)
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(DiskError) {
        guard let base = bytes.baseAddress else { return }
        var done = 0
        while done < bytes.count {
            let count = pwrite(descriptor, base + done, bytes.count - done, off_t(offset) + off_t(done))
            if count < 0 {
                if errno == EINTR { continue }
                throw DiskError(errno: errno, call: "write", path: path)
            }
            if count == 0 { throw DiskError(errno: ENOSPC, call: "write", path: path) }
            done += count
        }
    }

    func read(into target: UnsafeMutableRawBufferPointer, at offset: Int64) throws(DiskError) -> Int {
        guard let base = target.baseAddress else { return 0 }
        var done = 0
        while done < target.count {
            let count = pread(descriptor, base + done, target.count - done, off_t(offset) + off_t(done))
            if count < 0 {
                if errno == EINTR { continue }
                throw DiskError(errno: errno, call: "read", path: path)
            }
            if count == 0 { break }
            done += count
        }
        return done
    }

    func truncate(to size: Int64) throws(DiskError) {
        if ftruncate(descriptor, off_t(size)) != 0 {
            throw DiskError(errno: errno, call: "ftruncate", path: path)
        }
    }

    func sync() throws(DiskError) {
        if fdatasync(descriptor) != 0 { throw DiskError(errno: errno, call: "fdatasync", path: path) }
    }

    func map(length: Int) throws(DiskError) -> FileMapping {
        guard length > 0 else { return FileMapping(UnsafeRawBufferPointer(start: nil, count: 0)) {} }
        guard let base = mmap(nil, length, PROT_READ, MAP_SHARED, descriptor, 0), base != MAP_FAILED else {
            throw DiskError(errno: errno, call: "mmap", path: path)
        }
        let address = UInt(bitPattern: base)
        return FileMapping(
            UnsafeRawBufferPointer(start: base, count: length),
            forget: { range in
                // Whole pages only.
                let page = Int(sysconf(Int32(_SC_PAGESIZE)))
                guard page > 0, let place = UnsafeMutableRawPointer(bitPattern: address) else { return }
                let start = (range.lowerBound + page - 1) / page * page
                let end = range.upperBound / page * page
                if start < end { madvise(place + start, end - start, MADV_DONTNEED) }
            },
            holds: { range in
                let page = Int(sysconf(Int32(_SC_PAGESIZE)))
                guard page > 0, let place = UnsafeMutableRawPointer(bitPattern: address) else { return false }
                let start = range.lowerBound / page * page
                var pages = [UInt8](repeating: 0, count: (range.upperBound - start + page - 1) / page)
                return mincore(place + start, range.upperBound - start, &pages) == 0
                    && pages.allSatisfy { $0 & 1 == 1 }
            },
            release: { munmap(UnsafeMutableRawPointer(bitPattern: address), length) })
    }
}

private final class RealLock: DiskLock {
    private let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    func unlock() { flock(descriptor, LOCK_UN) }
}
