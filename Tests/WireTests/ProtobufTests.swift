import Testing
import Wire

@Suite struct ProtobufTests {
    @Test func fieldsComeBackAndUnknownOnesAreSkipped() throws {
        var buffer = ByteBuffer()
        buffer.appendProtobuf(1, string: "häh")
        buffer.appendProtobuf(9, varint: 300)
        buffer.appendProtobuf(2, double: 1.5)
        buffer.appendProtobuf(3) { $0.appendProtobuf(1, signedVarint: -5) }
        var reader = ProtobufReader(buffer.bytes)
        var text = ""
        var number = 0.0
        var inner: Int64 = 0
        while let field = try reader.next() {
            switch field.number {
            case 1: text = try reader.string()
            case 2: number = try reader.double()
            case 3:
                var message = ProtobufReader(try reader.bytes())
                #expect(try message.next()?.number == 1)
                inner = try message.signedVarint()
            default: break
            }
        }
        #expect(text == "häh" && number == 1.5 && inner == -5)
    }

    /// A length that overflows killed another server.
    @Test func hugeLengthIsRefused() {
        let bytes: [UInt8] = [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 1]
        bytes.withUnsafeBytes { bytes in
            _ = #expect(throws: WireError.self) {
                var reader = ProtobufReader(bytes)
                _ = try reader.next()
                _ = try reader.bytes()
            }
        }
    }
}
