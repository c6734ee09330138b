#if canImport(Glibc)
    import Glibc
#endif

/// Small questions to the file system.
enum KernelPath {
    /// O_PATH of open(2), which glibc's header hides from Swift: the same number on x86-64 and arm64.
    static let pathOnly: Int32 = 0o10_000_000

    /// The names in a folder except `.` and `..`, with their bytes as they are; empty when it cannot be
    /// read.
    static func list(_ path: String, foldersOnly: Bool = false) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var result: [String] = []
        while let entry = readdir(folder) {
            if foldersOnly, entry.pointee.d_type != UInt8(DT_DIR), entry.pointee.d_type != UInt8(DT_UNKNOWN) {
                continue
            }
            // A name that is not UTF-8 could not be opened again under its repaired spelling.
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let name, name != ".", name != ".." else { continue }
            if foldersOnly, entry.pointee.d_type == UInt8(DT_UNKNOWN), !isFolder(path + "/" + name) {
                continue
            }
            result.append(name)
        }
        return result
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The time of the last change in seconds since 1970; nil when there is no such file.
    static func modificationTime(_ path: String) -> Double? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
    }

    /// The inode behind a path, links followed; nil when it cannot be seen.
    static func inode(_ path: String) -> UInt64? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return UInt64(status.st_ino)
    }

    /// What a symbolic link says; "" when it cannot be read.
    static func link(_ path: String) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            let count = readlink(path, start, buffer.count)
            guard count > 0 else { return "" }
            return String(decoding: UnsafeRawBufferPointer(buffer)[..<count], as: UTF8.self)
        }
    }

    /// What an error number means, in the system's words.
    static func describe(_ code: Int32) -> String { String(cString: strerror(code)) }
}
