import MetricModel
import StorageAPI
import Testing

@testable import TSDB

/// Chunks put together bit by bit from the description of the format.
@Suite struct XOR2ChunkTests {
    private static func bytes(_ bits: String) -> [UInt8] {
        let digits = Array(bits.filter { $0 != " " })
        return stride(from: 0, to: digits.count, by: 8).map { start in
            let byte = String(digits[start..<min(start + 8, digits.count)])
            return UInt8(byte + String(repeating: "0", count: 8 - byte.count), radix: 2) ?? 0
        }
    }

    private static func binary(_ value: UInt64, _ width: Int) -> String {
        let digits = String(value, radix: 2)
        return String(repeating: "0", count: width - digits.count) + digits
    }

    private static func decode(
        _ encoding: UInt8, _ bytes: [UInt8], from start: Int64 = .min, through end: Int64 = .max
    )
        throws -> SampleColumns
    {
        var columns = SampleColumns()
        try bytes.withUnsafeBytes {
            try ChunkDecoder.decode(encoding, $0, from: start, through: end, into: &columns)
        }
        return columns
    }

    /// One sample of each prefix.
    private static func chunk(startTimes: Bool) -> [UInt8] {
        let one = binary(Double(1).bitPattern, 64)
        // 1 XOR 2 is eleven ones behind one zero: 0x7FF << 52.
        let window = binary(1, 5) + binary(11, 6) + String(repeating: "1", count: 11)
        let change = startTimes ? "10 010" : ""
        return bytes(
            binary(9, 16) + (startTimes ? "10000010" : "00000000")
                + "11001000 00000001" + one  // 100, 1
                + (startTimes ? "00000110" : "")  // 3 before it
                + "00001010" + "0"  // 110, 1
                + "10 1" + window + change  // 120, 2
                + "10 0" + String(repeating: "1", count: 11) + change  // 130, 1
                + "0" + change  // 140, 1
                + "11111" + change  // 150, stale
                + "110" + binary(UInt64(bitPattern: -5) & 0x1FFF, 13) + "0" + change  // 155, 1
                + "1110" + binary(5000, 20) + "10" + String(repeating: "1", count: 11) + change  // 5160, 2
                + "11110" + binary(UInt64(bitPattern: -5000), 64) + "111" + change)  // 5165, stale
    }

    @Test(arguments: [false, true]) func readsEveryPrefix(_ startTimes: Bool) throws {
        let columns = try Self.decode(4, Self.chunk(startTimes: startTimes))
        #expect(columns.timestamps == [100, 110, 120, 130, 140, 150, 155, 5160, 5165])
        let stale = Double.staleMarker.bitPattern
        let one = Double(1).bitPattern
        let two = Double(2).bitPattern
        #expect(columns.values.map(\.bitPattern) == [one, one, two, one, one, stale, one, two, stale])
        let some = try Self.decode(4, Self.chunk(startTimes: startTimes), from: 120, through: 155)
        #expect(some.timestamps == [120, 130, 140, 150, 155])
    }

    @Test func aChunkThatEndsEarlyThrows() {
        let whole = Self.chunk(startTimes: true)
        for count in 0..<(whole.count - 1) {
            #expect(throws: (any Error).self) { try Self.decode(4, Array(whole[..<count])) }
        }
    }

    /// A histogram chunk of the older encoding with the start timestamps added by hand.
    @Test(arguments: [2, 3] as [UInt8]) func histogramsWithStartTimes(_ encoding: UInt8) throws {
        // Threshold 0, schema 0, no negative spans, one positive span of length 1 at 0.
        let layout = "00000000" + "0" + "10 001" + "10 001 0" + "0"
        func head(_ st: Bool) -> String {
            st ? "11" + Self.binary(2, 14) + "10000001" : Self.binary(2, 16) + "11000000"
        }
        let sum = Self.binary(Double(3).bitPattern, 64)
        let first =
            encoding == 2
            ? "10 001" + "0" + sum + "10 001"  // count, zeros, sum, bucket
            : Self.binary(Double(1).bitPattern, 64) + Self.binary(0, 64) + sum
                + Self.binary(Double(1).bitPattern, 64)
        let second = encoding == 2 ? "10 001" + "0" + "0" + "10 001" : "0000"
        let plain = Self.bytes(head(false) + layout + "10 010" + first + "10 011" + second)
        let extended = Self.bytes(
            head(true) + layout + "10 010" + first + "00000100" + "10 011" + second + "110 000101")
        let wanted = try Self.decode(encoding, plain)
        let got = try Self.decode(encoding + 3, extended)
        #expect(wanted.histogramTimestamps == [2, 5])
        #expect(got.histogramTimestamps == wanted.histogramTimestamps)
        #expect(got.histograms == wanted.histograms)
        #expect(got.histograms.map(\.counterResetHint) == [.gauge, .gauge])
        #expect(got.histograms.map(\.positiveBuckets) == (encoding == 2 ? [[1], [2]] : [[1], [1]]))
    }
}
