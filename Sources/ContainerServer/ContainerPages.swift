import ContainerStats
import HTTPTypes
import Hummingbird
import NIOCore
import WebServer

/// The pages, and the redirects that cAdvisor's users have in their bookmarks.
enum ContainerPages {
    /// The page's document; its script shows what the address names.
    private static let shell = "web/containers.html"

    /// - Parameters:
    ///   - prefix: what addresses begin with as browsers see them.
    ///   - below: what the paths of these routes begin with.
    static func add(to router: some RouterMethods<WebContext>, prefix: String, below: String) {
        router.get("/") { _, _ in redirect(prefix + "/containers/", .temporaryRedirect) }
        for name in ["containers", "docker", "podman"] {
            router.get(RouterPath("/\(name)")) { request, _ in
                // The router does not tell a slash at the end.
                request.uri.path.hasSuffix("/")
                    ? await page(request, prefix) : redirect("\(prefix)/\(name)/", .movedPermanently)
            }
            router.get(RouterPath("/\(name)/**")) { request, _ in await page(request, prefix) }
        }
        router.addAssets()
    }

    /// The document with its addresses below the prefix.
    private static func page(_ request: Request, _ prefix: String) async -> Response {
        guard !prefix.isEmpty, let asset = Assets.find(shell) else {
            return await Assets.response(shell, to: request)
        }
        let quoted = prefix.filter { $0 != "\"" && $0 != "<" && $0 != ">" && $0 != "&" }
        var text = String(decoding: asset.bytes, as: UTF8.self)
        for attribute in ["href", "src"] {
            text = text.replacing("\(attribute)=\"/", with: "\(attribute)=\"\(quoted)/")
        }
        text = text.replacing("<title>", with: "<meta name=\"base\" content=\"\(quoted)\">\n  <title>")
        return Response(
            status: .ok, headers: [.contentType: asset.type, .cacheControl: "no-cache"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    private static func redirect(_ path: String, _ status: HTTPResponse.Status) -> Response {
        Response(status: status, headers: [.location: path])
    }
}
