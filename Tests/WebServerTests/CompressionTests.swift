import CZlib
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Testing

@testable import WebServer

@Suite struct CompressionTests {
    private static let text = (0..<100_000).map { String($0) }.joined(separator: "\n")

    private func client() -> RouterClient {
        let router = Router(context: WebContext.self)
        router.add(middleware: ResponseCompression())
        router.get("/long") { _, _ in Response.text(Self.text) }
        router.head("/long") { _, _ in Response.text(Self.text).withoutBody }
        router.get("/short") { _, _ in Response.text("short") }
        router.get("/binary") { _, _ in
            Response.bytes(ByteBuffer(repeating: 0, count: 5000), type: "application/octet-stream")
        }
        return RouterClient(router, logger: Logger(label: "test"))
    }

    private func inflated(_ body: ByteBuffer, windowBits: Int32) -> String? {
        var input = Array(buffer: body)
        var output = [UInt8](repeating: 0, count: 2 << 20)
        var stream = z_stream()
        guard inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { return nil }
        defer { inflateEnd(&stream) }
        return input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = uInt(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = uInt(output.count)
                guard inflate(&stream, Z_FINISH) == Z_STREAM_END else { return nil }
                return String(decoding: output[..<Int(stream.total_out)], as: UTF8.self)
            }
        }
    }

    @Test func gzipGivesTheSameText() async throws {
        let answer = try await client().send(.get, "/long", headers: [.acceptEncoding: "br, gzip, deflate"])
        #expect(answer.headers[.contentEncoding] == "gzip")
        #expect(answer.headers[.vary] == "Accept-Encoding")
        #expect(answer.body.readableBytes < Self.text.utf8.count / 2)
        #expect(inflated(answer.body, windowBits: 31) == Self.text)
    }

    @Test func deflateIsZlib() async throws {
        let answer = try await client().send(.get, "/long", headers: [.acceptEncoding: "gzip;q=0, deflate"])
        #expect(answer.headers[.contentEncoding] == "deflate")
        #expect(inflated(answer.body, windowBits: 15) == Self.text)
    }

    @Test(arguments: ["", "identity", "br", "gzip;q=0", "gzip; q=0.0"])
    func plainWhenNotAccepted(accepted: String) async throws {
        let answer = try await client().send(.get, "/long", headers: [.acceptEncoding: accepted])
        #expect(answer.headers[.contentEncoding] == nil)
        #expect(answer.text == Self.text)
    }

    @Test(arguments: ["/short", "/binary"])
    func smallAndBinaryBodiesStay(path: String) async throws {
        let answer = try await client().send(.get, path, headers: [.acceptEncoding: "gzip"])
        #expect(answer.headers[.contentEncoding] == nil)
    }

    @Test func headIsNotCompressed() async throws {
        let answer = try await client().send(.head, "/long", headers: [.acceptEncoding: "gzip"])
        #expect(answer.body.readableBytes == 0)
        #expect(answer.headers[.contentLength] == String(Self.text.utf8.count))
    }
}
