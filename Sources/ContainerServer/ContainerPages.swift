import ContainerStats
import HTTPTypes
import Hummingbird
import WebServer

/// The pages, and the redirects that cAdvisor's users have in their bookmarks.
enum ContainerPages {
    /// The page's document; its script shows what the address names.
    private static let shell = "web/containers.html"

    static func add(to router: Router<WebContext>) {
        router.get("/") { _, _ in redirect("/containers/", .temporaryRedirect) }
        for name in ["containers", "docker", "podman"] {
            router.get(RouterPath("/\(name)")) { request, _ in
                // The router does not tell a slash at the end.
                request.uri.path.hasSuffix("/")
                    ? await Assets.response(shell, to: request) : redirect("/\(name)/", .movedPermanently)
            }
            router.get(RouterPath("/\(name)/**")) { request, _ in await Assets.response(shell, to: request) }
        }
        router.addAssets()
    }

    private static func redirect(_ path: String, _ status: HTTPResponse.Status) -> Response {
        Response(status: status, headers: [.location: path])
    }
}
