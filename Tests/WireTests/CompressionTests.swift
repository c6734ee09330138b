import Testing
import Wire

@Suite struct CompressionTests {
    private let text = Array(String(repeating: "metric{label=\"value\"} 1\n", count: 5000).utf8)

    @Test func roundTrips() throws {
        try text.withUnsafeBytes { text in
            for method in 0..<3 {
                var packed = ByteBuffer()
                var back = ByteBuffer()
                switch method {
                case 0:
                    Snappy.compress(text, into: &packed)
                    try Snappy.decompress(packed.bytes, limit: text.count, into: &back)
                case 1:
                    Zstd.compress(text, into: &packed)
                    try Zstd.decompress(packed.bytes, limit: text.count, into: &back)
                default:
                    Gzip.compress(text, into: &packed)
                    try Gzip.decompress(packed.bytes, limit: text.count, into: &back)
                }
                #expect(packed.count < text.count / 5)
                #expect(back.bytes.elementsEqual(text))
            }
        }
    }

    @Test func limitsHoldAndDamageIsTold() {
        text.withUnsafeBytes { text in
            var snappy = ByteBuffer()
            var zstd = ByteBuffer()
            var gzip = ByteBuffer()
            Snappy.compress(text, into: &snappy)
            Zstd.compress(text, into: &zstd)
            Gzip.compress(text, into: &gzip)
            var back = ByteBuffer()
            func kind(_ body: (inout ByteBuffer) throws(WireError) -> Void) -> WireError.Kind? {
                do throws(WireError) {
                    try body(&back)
                    return nil
                } catch {
                    return error.kind
                }
            }
            #expect(
                kind { (b) throws(WireError) in try Snappy.decompress(snappy.bytes, limit: 100, into: &b) }
                    == .tooLarge)
            #expect(
                kind { (b) throws(WireError) in try Zstd.decompress(zstd.bytes, limit: 100, into: &b) }
                    == .tooLarge)
            #expect(
                kind { (b) throws(WireError) in try Gzip.decompress(gzip.bytes, limit: 100, into: &b) }
                    == .tooLarge)
            let half = UnsafeRawBufferPointer(rebasing: gzip.bytes[..<(gzip.count / 2)])
            #expect(
                kind { (b) throws(WireError) in try Gzip.decompress(half, limit: 1 << 20, into: &b) }
                    == .truncated)
            let junk = UnsafeRawBufferPointer(rebasing: text[..<100])
            #expect(
                kind { (b) throws(WireError) in try Gzip.decompress(junk, limit: 1 << 20, into: &b) }
                    == .malformed)
            #expect(
                kind { (b) throws(WireError) in try Zstd.decompress(junk, limit: 1 << 20, into: &b) }
                    == .malformed)
            #expect(
                kind { (b) throws(WireError) in try Snappy.decompress(junk, limit: 1 << 20, into: &b) } != nil
            )
        }
    }
}
