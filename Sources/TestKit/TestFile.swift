#if canImport(Glibc)
    import Glibc
#endif

/// Files that a test writes.
public enum TestFile {
    public static func write(_ bytes: [UInt8], to path: String) throws {
        guard let file = fopen(path, "wbe") else {
            throw TestFailure("cannot write \(path): \(String(cString: strerror(errno)))")
        }
        defer { fclose(file) }
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count else {
            throw TestFailure("cannot write \(path)")
        }
    }

    public static func write(_ text: String, to path: String) throws {
        try write(Array(text.utf8), to: path)
    }

    public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
