import HTTPTypes
import Hummingbird
import NIOCore
import Platform

#if canImport(Glibc)
    import Glibc
#endif

/// The browser files in a folder of the disk instead of those compiled in, so that a reload of the
/// page shows an edit. A debug switch: nothing is cached.
struct AssetFolder: Sendable {
    /// The folder that `MARTLET_WEB_DIR` names (Sources/WebAssets of a checkout), or nil.
    static let debug: AssetFolder? = getenv("MARTLET_WEB_DIR").map { AssetFolder(String(cString: $0)) }

    private static let bytesMax = 16 << 20

    private let path: String
    private let reader = WorkerThreads(name: "assets", count: 1)

    private init(_ path: String) {
        self.path = path
    }

    func response(_ name: String) async -> Response {
        guard AssetFolder.isPlain(name) else { return .text("not found\n", status: .notFound) }
        let path = path + "/" + name
        let bytes = try? await reader.run { _ in AssetFolder.read(path) }
        guard let bytes else { return .text("not found\n", status: .notFound) }
        return Response(
            status: .ok,
            headers: [
                .contentType: Assets.type(of: name), .cacheControl: "no-store",
                .xContentTypeOptions: "nosniff",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// Whether every part is a file name of letters, digits, `-`, `_` and inner dots: nothing that
    /// could lead out of the folder.
    static func isPlain(_ name: String) -> Bool {
        name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && !part.hasPrefix(".")
                && part.utf8.allSatisfy { byte in
                    (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
                        || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
                        || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                }
        }
    }

    private static func read(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count == 0 { return result }
            guard count > 0, result.count + count <= bytesMax else { return nil }
            result.append(contentsOf: buffer[..<count])
        }
    }
}
