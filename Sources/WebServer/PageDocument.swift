import HTTPTypes
public import Hummingbird
import NIOCore

/// The HTML that a role's pages begin with: an asset, told where the role's addresses begin. Its links to other assets
/// name the edition, so that browsers keep those files and ask for none of them again until the program changes.
public struct PageDocument: Sendable {
    private let path: String
    private let body: ByteBuffer
    private let tag: String

    /// - Parameters:
    ///   - path: an asset, for instance "web/server.html".
    ///   - prefix: what stands before all addresses as browsers see them, for instance "/prometheus"; scripts read it
    ///     from `data-prefix` of the root element.
    ///   - title: takes the place of the asset's own; empty: none.
    public init(_ path: String, prefix: String = "", title: String = "") {
        self.path = path
        let text = PageDocument.text(
            Assets.find(path).map { String(decoding: $0.bytes, as: UTF8.self) } ?? "", prefix: prefix,
            title: title)
        body = ByteBuffer(string: text)
        tag = Assets.tag(of: body.readableBytesView)
    }

    static func text(_ asset: String, prefix: String, title: String) -> String {
        var text = asset
        if !title.isEmpty, let start = text.firstRange(of: "<title>"),
            let end = text.firstRange(of: "</title>")
        {
            text.replaceSubrange(start.upperBound..<end.lowerBound, with: escaped(title))
        }
        if !prefix.isEmpty {
            text = text.replacing("<html ", with: "<html data-prefix=\"\(escaped(prefix))\" ")
        }
        return text.replacing("\"/assets/", with: "\"\(escaped(prefix))/assets/\(Assets.edition)/")
    }

    /// The document, or 304 when the client has it.
    ///
    /// With `MARTLET_WEB_DIR` set, the asset as that folder has it, without prefix and title.
    public func response(to request: Request) async -> Response {
        if AssetFolder.debug != nil { return await Assets.response(path, to: request) }
        let headers: HTTPFields = [
            .contentType: "text/html; charset=utf-8", .eTag: tag, .cacheControl: "no-cache",
        ]
        if Assets.isKnown(tag, by: request.headers[.ifNoneMatch]) {
            return Response(status: .notModified, headers: headers)
        }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
