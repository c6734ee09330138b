#if canImport(Glibc)
    import Glibc
#endif

/// The few small files that the program itself reads and writes at its start.
enum ProgramFile {
    /// - Throws: `ProgramError` of kind `io`.
    static func read(_ path: String) throws(ProgramError) -> [UInt8] {
        guard let file = fopen(path, "rbe") else { throw failure("read", path) }
        defer { fclose(file) }
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { break }
            result.append(contentsOf: buffer[..<count])
        }
        guard ferror(file) == 0 else { throw failure("read", path) }
        return result
    }

    static func write(_ text: String, to path: String) throws(ProgramError) {
        guard let file = fopen(path, "wbe") else { throw failure("write", path) }
        let written = fputs(text, file)
        guard fclose(file) == 0, written >= 0 else { throw failure("write", path) }
    }

    /// Makes a folder and those above it.
    static func makeFolder(_ path: String) throws(ProgramError) {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
        if let slash = path.dropLast().lastIndex(of: "/"), slash != path.startIndex {
            try makeFolder(String(path[..<slash]))
        }
        guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw failure("make the folder", path) }
    }

    private static func failure(_ verb: String, _ path: String) -> ProgramError {
        ProgramError(.io, "cannot \(verb) \(path): \(String(cString: strerror(errno)))")
    }
}
