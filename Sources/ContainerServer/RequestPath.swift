/// Paths of requests.
enum RequestPath {
    /// The parts between slashes with `%xx` decoded; an escape that is none stays as it is. Invalid
    /// UTF-8 is repaired.
    static func parts(_ path: String) -> [String] {
        path.split(separator: "/").map { decoded($0) }
    }

    private static func decoded(_ part: Substring) -> String {
        guard part.utf8.contains(UInt8(ascii: "%")) else { return String(part) }
        let bytes = Array(part.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let byte = UInt8(String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
            {
                result.append(byte)
                index += 3
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
