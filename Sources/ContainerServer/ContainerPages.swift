import ContainerStats
import HTTPTypes
import Hummingbird
import NIOCore
import WebServer

/// The pages, and the redirects that cAdvisor's users have in their bookmarks.
enum ContainerPages {
    /// - Parameter prefix: what addresses begin with as browsers see them.
    static func add(to router: some RouterMethods<WebContext>, prefix: String) {
        // Its script shows what the address names.
        let page = PageDocument("web/containers.html", prefix: prefix)
        router.get("/") { _, _ in redirect(prefix + "/containers/", .temporaryRedirect) }
        for name in ["containers", "docker", "podman"] {
            router.get(RouterPath("/\(name)")) { request, _ in
                // The router does not tell a slash at the end.
                request.uri.path.hasSuffix("/")
                    ? await page.response(to: request) : redirect("\(prefix)/\(name)/", .movedPermanently)
            }
            router.get(RouterPath("/\(name)/**")) { request, _ in await page.response(to: request) }
        }
        router.addAssets()
    }

    private static func redirect(_ path: String, _ status: HTTPResponse.Status) -> Response {
        Response(status: status, headers: [.location: path])
    }
}
