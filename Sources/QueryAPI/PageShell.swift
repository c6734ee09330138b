import HTTPTypes
import Hummingbird
import NIOCore
import WebServer

/// The HTML that all pages begin with, under the operator's title and route prefix.
struct PageShell: Sendable {
    private static let asset = "web/server.html"
    /// Nil: the asset as it is.
    private let body: ByteBuffer?

    init(title: String, prefix: String) {
        guard !title.isEmpty || !prefix.isEmpty, let asset = Assets.find(PageShell.asset) else {
            body = nil
            return
        }
        var text = String(decoding: asset.bytes, as: UTF8.self)
        if !title.isEmpty, let start = text.firstRange(of: "<title>"),
            let end = text.firstRange(of: "</title>")
        {
            text.replaceSubrange(start.upperBound..<end.lowerBound, with: PageShell.escaped(title))
        }
        if !prefix.isEmpty {
            text = text.replacing("\"/assets/", with: "\"\(PageShell.escaped(prefix))/assets/")
            text = text.replacing("<html ", with: "<html data-prefix=\"\(PageShell.escaped(prefix))\" ")
        }
        body = ByteBuffer(string: text)
    }

    func response(to request: Request) async -> Response {
        guard let body else { return await Assets.response(PageShell.asset, to: request) }
        var response = Response.bytes(body, type: "text/html; charset=utf-8")
        response.headers[.cacheControl] = "no-cache"
        return response
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
