import Platform

/// Work of the size that the original demo does to be seen on a dashboard.
enum Workload {
    /// Computes 0^0, 1^1, … exactly. Returns the bits of all results together, so that nothing of it
    /// can be left out.
    static func powers(_ count: Int, cancellation: Cancellation) -> Int {
        var bits = 0
        for base in 0..<UInt(max(count, 0)) {
            if cancellation.isCancelled { break }
            bits += BigNatural(base).power(base).bitWidth
        }
        return bits
    }

    /// Holds that many different strings as keys and values at once. Returns how many.
    static func strings(_ count: Int, cancellation: Cancellation) -> Int {
        var table: [String: String] = [:]
        for number in 0..<max(count, 0) {
            if number & 0xFFFF == 0, cancellation.isCancelled { break }
            let text = String(number) + "xyz"
            table[text] = text
        }
        return table.count
    }

    /// Bytes that ``strings(_:cancellation:)`` takes at its largest: two strings of 16 bytes a place,
    /// a table that is at least half empty after it grew, and the old one beside it.
    static func stringBytes(_ count: Int) -> Int {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: 100)
        return overflow ? .max : bytes
    }
}
