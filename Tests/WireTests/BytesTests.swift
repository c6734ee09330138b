import Testing
import Wire

@Suite struct BytesTests {
    @Test func numbersComeBack() throws {
        let unsigned: [UInt64] = [0, 1, 127, 128, 300, 1 << 35, .max]
        let signed: [Int64] = [0, -1, 1, 63, -64, 64, .min, .max]
        var buffer = ByteBuffer()
        for value in unsigned { buffer.appendUnsignedVarint(value) }
        for value in signed { buffer.appendSignedVarint(value) }
        buffer.appendBigEndian(UInt32(0x0102_0304))
        buffer.appendLittleEndian(UInt64(5))
        var reader = ByteReader(buffer.bytes)
        for value in unsigned { #expect(try reader.unsignedVarint() == value) }
        for value in signed { #expect(try reader.signedVarint() == value) }
        #expect(try reader.bigEndian32() == 0x0102_0304)
        #expect(try reader.littleEndian64() == 5)
        #expect(reader.isAtEnd)
        #expect(throws: WireError.self) { try reader.byte() }
    }

    @Test func overlongVarintIsRefused() {
        let bytes = [UInt8](repeating: 0xFF, count: 11)
        bytes.withUnsafeBytes { bytes in
            _ = #expect(throws: WireError.self) {
                var reader = ByteReader(bytes)
                _ = try reader.unsignedVarint()
            }
        }
    }

    @Test func bitsComeBack() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            var pieces: [(UInt64, Int)] = []
            for _ in 0..<50 {
                let count = Int.random(in: 1...64, using: &random)
                let value = UInt64.random(in: 0 ... .max, using: &random) >> UInt64(64 - count)
                pieces.append((value, count))
            }
            let base = UnsafeMutableRawPointer.allocate(byteCount: 64 * 8 + 32, alignment: 8)
            defer { base.deallocate() }
            var position = 0
            for (value, count) in pieces { BitWriter.put(value, count: count, at: &position, in: base) }
            var reader = BitReader(UnsafeRawBufferPointer(start: base, count: (position + 7) / 8))
            for (value, count) in pieces { #expect(try reader.bits(count) == value) }
            _ = #expect(throws: WireError.self) { try reader.bits(9) }
        }
    }

    @Test func checksumIsCastagnoli() {
        // The check value of CRC-32C.
        #expect(Array("123456789".utf8).withUnsafeBytes { CRC32C.extend(0, $0) } == 0xE306_9283)
    }
}
