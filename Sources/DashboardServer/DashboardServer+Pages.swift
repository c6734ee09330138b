import Dashboards
import HTTPTypes
import Hummingbird
import NIOCore
import WebServer

extension DashboardServer {
    /// Addresses that a person opens: all are answered by the one page, whose script reads the path.
    var pageRoutes: [Route] {
        let pages: [(String, Access)] = [
            ("/", .viewer), ("/dashboards", .viewer), ("/dashboards/f/{uid}", .viewer),
            ("/dashboards/f/{uid}/{slug}", .viewer), ("/dashboard/new", .viewer),
            ("/dashboard/import", .viewer), ("/d/{uid}", .viewer), ("/d/{uid}/{slug}", .viewer),
            ("/d-solo/{uid}", .viewer), ("/d-solo/{uid}/{slug}", .viewer), ("/explore", .editor),
            ("/connections/datasources", .admin), ("/connections/datasources/new", .admin),
            ("/connections/datasources/edit/{uid}", .admin), ("/alerting/list", .viewer),
            ("/alerting", .viewer), ("/profile", .user), ("/profile/password", .user),
            ("/admin", .admin), ("/admin/users", .serverAdmin), ("/playlists", .viewer),
            ("/playlists/play/{uid}", .viewer), ("/dashboard/snapshots", .user),
            ("/dashboard/snapshot/{key}", .viewer), ("/org/serviceaccounts", .admin), ("/org/teams", .user),
            ("/org/teams/edit/{id}", .user),
            ("/datasources", .admin),
        ]
        return [Route(.get, "/login", .open, loginPage)]
            + pages.map { Route(.get, $0.0, $0.1, page) }
    }

    @Sendable func page(_ call: Call) async throws -> Response {
        var response = await document.response(to: call.request)
        if settings.allowEmbedding {
            response.headers[.contentSecurityPolicy] = SecurityHeaders.contentSecurityPolicy
                .replacing("frame-ancestors 'none'; ", with: "")
            response.headers[.init("X-Frame-Options") ?? .contentSecurityPolicy] = "allowall"
        }
        return response
    }

    /// Somebody who is logged in has no business here.
    @Sendable func loginPage(_ call: Call) async throws -> Response {
        if let token = Cookies.value(settings.cookieName, in: call.request.headers),
            try await accounts.caller(sessionToken: token) != nil
        {
            return .redirect(to: settings.address(DashboardServer.safePath(call.query["redirectTo"])))
        }
        return try await page(call)
    }

    /// A path on this server to go on to; anything else becomes "/".
    static func safePath(_ text: String?) -> String {
        guard let text, text.hasPrefix("/"), text.utf8.count <= 2048 else { return "/" }
        let second = text.utf8.dropFirst().first ?? UInt8(ascii: "a")
        let isPlain = second != UInt8(ascii: "/") && second != UInt8(ascii: "\\")
        let hasOnlyPrintable = text.utf8.allSatisfy {
            (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\")
        }
        // What still decodes to something else could turn into a host in a careless client.
        let path = text.prefix { $0 != "?" && $0 != "#" }
        let isDecoded =
            !path.lowercased().contains("%2f") && !path.lowercased().contains("%5c")
            && !path.contains("/..") && !path.contains("//")
        return isPlain && hasOnlyPrintable && isDecoded ? text : "/"
    }
}
