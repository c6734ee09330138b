/// Durations as dashboards write them: `15s`, `1m`, `500ms`, `>30s`, `90`.
public enum IntervalText {
    /// Nanoseconds; a leading `>` or `<` is ignored, a bare number is seconds, units may follow each
    /// other (`1m30s`). nil when the text is something else or more than 200 years.
    public static func nanoseconds(_ text: String) -> Int64? {
        var bytes = Array(text.utf8).filter { $0 != UInt8(ascii: " ") }
        if bytes.first == UInt8(ascii: ">") || bytes.first == UInt8(ascii: "<") { bytes.removeFirst() }
        guard !bytes.isEmpty else { return nil }
        if bytes.allSatisfy(isDigit) { bytes.append(UInt8(ascii: "s")) }
        var total = 0.0
        var position = 0
        while position < bytes.count {
            let start = position
            while position < bytes.count, isDigit(bytes[position]) || bytes[position] == UInt8(ascii: ".") {
                position += 1
            }
            guard let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)) else {
                return nil
            }
            let unitStart = position
            while position < bytes.count, !isDigit(bytes[position]), bytes[position] != UInt8(ascii: ".") {
                position += 1
            }
            guard let unit = units[String(decoding: bytes[unitStart..<position], as: UTF8.self)]
            else { return nil }
            total += value * unit
        }
        return total < 6.3e18 ? Int64(total) : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static let units: [String: Double] = [
        "ns": 1, "us": 1e3, "µs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3600e9, "d": 86_400e9,
        "w": 7 * 86_400e9, "M": 30 * 86_400e9, "y": 365 * 86_400e9,
    ]

    /// The largest unit that divides the duration, for instance "30s", "2m", "90s", "1h".
    ///
    /// - Parameter milliseconds: at least 1 is written.
    public static func text(milliseconds: Int64) -> String {
        let value = max(milliseconds, 1)
        let units: [(String, Int64)] = [
            ("y", 31_536_000_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000),
        ]
        for (unit, size) in units where value % size == 0 { return "\(value / size)\(unit)" }
        return "\(value)ms"
    }
}
