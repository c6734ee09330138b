#if canImport(Glibc)
    import Glibc
#endif

/// Small files with passwords, tokens and certificates.
enum TextFile {
    /// The text without white space at its ends. Blocks on the disk.
    ///
    /// - Throws: `credentials`.
    static func read(_ path: String) throws(WebClientError) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw WebClientError(.credentials, "cannot read \(path): \(String(cString: strerror(errno)))")
        }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while bytes.count <= 1 << 20 {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count < 0 {
                throw WebClientError(.credentials, "cannot read \(path): \(String(cString: strerror(errno)))")
            }
            if count == 0 { break }
            bytes.append(contentsOf: buffer[..<count])
        }
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }
        let trimmed = bytes.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
        return String(decoding: trimmed, as: UTF8.self)
    }
}
