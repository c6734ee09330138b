import HTTPTypes
public import Hummingbird
import NIOCore
import WebAssets

/// The browser files that are compiled into the program. Requests are looked up in a table and never
/// become file paths.
public enum Assets {
    /// One file.
    public struct Asset: Sendable {
        /// Path below Sources/WebAssets, for instance "web/lib/dom.js".
        public let path: String
        /// Constant data of the program, which is why it may be shared.
        nonisolated(unsafe) public let bytes: UnsafeRawBufferPointer
        /// A strong entity tag, with quotes.
        public let tag: String
        public var type: String { Assets.type(of: path) }

        fileprivate init(path: String, bytes: UnsafeRawBufferPointer) {
            self.path = path
            self.bytes = bytes
            tag = Assets.tag(of: bytes)
        }
    }

    private static let table: [String: Asset] = {
        var count = 0
        let first = martlet_assets(&count)
        var result: [String: Asset] = [:]
        for entry in UnsafeBufferPointer(start: first, count: count) {
            let path = String(cString: entry.path)
            result[path] = Asset(
                path: path, bytes: UnsafeRawBufferPointer(start: entry.bytes, count: entry.length))
        }
        return result
    }()

    /// The asset with this path, for instance "web/dashboards.html" or "vendor/uPlot.min.css".
    public static func find(_ path: String) -> Asset? { table[path] }

    /// Names all files together: another program has another edition. `/assets/<edition>/<path>` never changes.
    public static let edition: String = {
        var tags = ""
        for (path, asset) in table.sorted(by: { $0.key < $1.key }) { tags += path + asset.tag }
        return "e" + String(hash(tags.utf8), radix: 36)
    }()

    /// The entity tag of a body, with quotes.
    static func tag(of bytes: some Sequence<UInt8>) -> String {
        "\"" + String(hash(bytes), radix: 36) + "\""
    }

    /// FNV-1a, which tells files apart that nobody forges.
    private static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }

    /// All paths below a folder (given with its slash), sorted.
    public static func paths(below folder: String) -> [String] {
        table.keys.filter { $0.hasPrefix(folder) }.sorted()
    }

    /// The answer to a request for an asset: 304 when the client has it, 404 when there is none.
    /// Browsers keep a copy and ask each time whether it is still good, unless the address named this edition.
    ///
    /// With `MARTLET_WEB_DIR` set, the file of that folder is sent instead and never kept.
    ///
    /// - Parameter edition: what the address says of it. Another one than ours is a page's that was loaded from an
    ///   earlier program: it gets the file as it is now.
    public static func response(_ path: String, edition: String? = nil, to request: Request) async -> Response
    {
        if let folder = AssetFolder.debug { return await folder.response(path) }
        guard let asset = find(path) else { return .text("not found\n", status: .notFound) }
        var headers: HTTPFields = [
            .contentType: asset.type, .eTag: asset.tag,
            .cacheControl: edition == Assets.edition ? "public, max-age=31536000, immutable" : "no-cache",
        ]
        if isKnown(asset.tag, by: request.headers[.ifNoneMatch]) {
            return Response(status: .notModified, headers: headers)
        }
        headers[.xContentTypeOptions] = "nosniff"
        return Response(
            status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: asset.bytes)))
    }

    /// Whether an `If-None-Match` list names a tag. Weak ones count: compressed answers have them.
    static func isKnown(_ tag: String, by list: String?) -> Bool {
        guard let list else { return false }
        return list.split(separator: ",").prefix(32).contains { item in
            let name = item.drop { $0 == " " }
            return (name.hasPrefix("W/") ? name.dropFirst(2) : name).prefix { $0 != " " } == tag
        }
    }

    static func type(of path: String) -> String {
        switch path.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "js", "mjs": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "json": "application/json"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "woff2": "font/woff2"
        default: "application/octet-stream"
        }
    }
}
