/// Sizes as `15MB`, `1GiB512MiB`: units are powers of 1024 with or without the `i`.
enum ByteSize {
    private static let units: [(names: [String], size: Int64)] = [
        (["B"], 1), (["KB", "KiB"], 1 << 10), (["MB", "MiB"], 1 << 20), (["GB", "GiB"], 1 << 30),
        (["TB", "TiB"], 1 << 40), (["PB", "PiB"], 1 << 50), (["EB", "EiB"], 1 << 60),
    ]

    /// The size in bytes.
    ///
    /// - Throws: `invalidValue`.
    static func parse(_ text: String) throws(ConfigurationError) -> Int64 {
        var rest = Substring(text)
        var sign: Int64 = 1
        if let first = rest.first, first == "-" || first == "+" {
            if first == "-" { sign = -1 }
            rest = rest.dropFirst()
        }
        if rest == "0" { return 0 }
        guard !rest.isEmpty else { throw ConfigurationError(.invalidValue, "not a size: \"\(text)\"") }
        var total = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { ($0.isASCII && $0.isNumber) || $0 == "." }
            guard let number = Double(digits) else {
                throw ConfigurationError(.invalidValue, "not a size: \"\(text)\"")
            }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { !(($0.isASCII && $0.isNumber) || $0 == ".") }
            rest = rest.dropFirst(name.count)
            guard let unit = units.first(where: { $0.names.contains(String(name)) }) else {
                throw ConfigurationError(
                    .invalidValue,
                    name.isEmpty
                        ? "a size needs a unit: got \(text)" : "unknown unit \(name) in the size \(text)")
            }
            total += number * Double(unit.size)
        }
        guard let bytes = Int64(exactly: total.rounded(.towardZero)) else {
            throw ConfigurationError(.invalidValue, "units: \"\(text)\" is too large")
        }
        return sign * bytes
    }

    /// The shortest exact form.
    static func format(_ bytes: Int64) -> String {
        guard bytes != 0 else { return "0B" }
        var rest = bytes.magnitude
        var result = bytes < 0 ? "-" : ""
        for unit in units.reversed() {
            let count = rest / UInt64(unit.size)
            if count > 0 {
                result += "\(count)\(unit.names.last ?? "")"
                rest -= count * UInt64(unit.size)
            }
        }
        return result
    }
}
