#if canImport(Glibc)
    import Glibc
#endif

/// Reads and writes files of the operator's folders. Blocks: call it on worker threads.
package enum FileTree {
    /// The largest file that is read, bytes.
    static let fileBytesMax = 16 << 20
    static let filesMax = 10_000

    /// A file's whole content; symbolic links are followed, since mounted configuration is made of them.
    ///
    /// - Throws: `storage`.
    package static func read(_ path: String) throws(DashboardsError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure("read", path) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw DashboardsError(.storage, "cannot read \(path): it is no regular file")
        }
        guard status.st_size <= fileBytesMax else {
            throw DashboardsError(.storage, "cannot read \(path): larger than \(fileBytesMax >> 20) MiB")
        }
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            guard count >= 0 else { throw failure("read", path) }
            if count == 0 { return result }
            result.append(contentsOf: buffer[..<count])
            guard result.count <= fileBytesMax else { throw failure("read", path) }
        }
    }

    /// Replaces a file so that it is always whole: what it was, or the new bytes.
    static func replace(_ path: String, with bytes: [UInt8]) throws(DashboardsError) {
        let temporary = path + ".martlet-tmp"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw failure("write", temporary) }
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            guard count > 0 else {
                let error = failure("write", temporary)
                close(file)
                unlink(temporary)
                throw error
            }
            offset += count
        }
        fsync(file)
        close(file)
        guard rename(temporary, path) == 0 else {
            let error = failure("write", path)
            unlink(temporary)
            throw error
        }
    }

    static func isThere(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Whether this process may write the file and make others beside it.
    package static func isWritable(_ path: String) -> Bool {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        return access(path, W_OK) == 0 && access(folder.isEmpty ? "/" : folder, W_OK) == 0
    }

    /// Files below a folder with one of the endings, sorted; hidden ones left out. Empty when there is
    /// no such folder.
    package static func files(below folder: String, endings: [String], depth: Int = 8) -> [String] {
        var result: [String] = []
        collect(folder, endings, depth, &result)
        return result.sorted()
    }

    private static func collect(_ folder: String, _ endings: [String], _ depth: Int, _ result: inout [String])
    {
        guard depth > 0, let stream = opendir(folder) else { return }
        defer { closedir(stream) }
        while let entry = readdir(stream), result.count < filesMax {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard !name.hasPrefix(".") else { continue }
            let path = folder + "/" + name
            var status = stat()
            guard stat(path, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                collect(path, endings, depth - 1, &result)
            } else if endings.contains(where: name.hasSuffix) {
                result.append(path)
            }
        }
    }

    private static func failure(_ verb: String, _ path: String) -> DashboardsError {
        DashboardsError(.storage, "cannot \(verb) \(path): \(String(cString: strerror(errno)))")
    }
}
