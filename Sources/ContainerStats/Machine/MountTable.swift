/// Lines of a mountinfo file.
enum MountTable {
    struct Mount: Equatable {
        var major: UInt32
        var minor: UInt32
        /// Path of the mounted folder within its file system.
        var folder: String
        var mountPoint: String
        var type: String
        var source: String
        var superOptions: String
    }

    /// Reads a mountinfo file (proc(5)). Lines of another form are passed over; a file that cannot be
    /// read has none.
    static func read(_ path: String, reader: inout FileReader) -> [Mount] {
        guard reader.readFile(path) == 0 else { return [] }
        var result: [Mount] = []
        while !reader.isAtEnd {
            // id parent major:minor root mountpoint options optional… - type source superoptions
            let fields = reader.restOfLine().split(separator: " ")
            guard fields.count >= 9, let dash = fields[6...].firstIndex(of: "-"), dash + 2 < fields.count
            else { continue }
            let device = fields[2].split(separator: ":")
            guard device.count == 2, let major = UInt32(device[0]), let minor = UInt32(device[1]) else {
                continue
            }
            result.append(
                Mount(
                    major: major, minor: minor, folder: unescape(fields[3]), mountPoint: unescape(fields[4]),
                    type: String(fields[dash + 1]), source: unescape(fields[dash + 2]),
                    superOptions: dash + 3 < fields.count ? String(fields[dash + 3]) : ""))
        }
        return result
    }

    /// The kernel writes space, tab, newline and backslash as three octal digits.
    static func unescape(_ text: Substring) -> String {
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return String(text) }
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\\"), index + 3 < bytes.count,
                let code = UInt8(String(decoding: bytes[(index + 1)...(index + 3)], as: UTF8.self), radix: 8)
            {
                result.append(code)
                index += 4
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
