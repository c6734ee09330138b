import Dashboards
import HTTPTypes
import JSON
import Testing

@testable import DashboardServer

/// Every route as every role.
@Suite struct RouteTests {
    private static let people: [(login: String?, role: Role?, isServerAdmin: Bool)] = [
        (nil, nil, false), ("viewer", .viewer, false), ("editor", .editor, false),
        ("boss", .admin, false), ("admin", .admin, true),
    ]

    private static func isAdmitted(
        _ access: Access, _ person: (login: String?, role: Role?, isServerAdmin: Bool)
    ) -> Bool {
        switch access {
        case .open: true
        case .viewer, .permitted: (person.role ?? .none) >= .viewer
        case .user: person.login != nil
        case .editor: (person.role ?? .none) >= .editor
        case .admin: (person.role ?? .none) >= .admin
        case .serverAdmin: person.isServerAdmin
        }
    }

    @Test func everyRouteAsksForItsRole() async throws {
        let site = try await Site()
        try await site.addUser("viewer", .viewer)
        try await site.addUser("editor", .editor)
        try await site.addUser("boss", .admin)
        for route in site.server.routes {
            let path = route.path.replacing("{id}", with: "77").replacing("{uid}", with: "nothing")
                .replacing("{version}", with: "3").replacing("**", with: "api/v1/labels")
                .replacing("{name}", with: "nobody").replacing("{slug}", with: "x").replacing(
                    "{key}", with: "nokey"
                )
                .replacing("{tokenId}", with: "5").replacing("{resource}", with: "folders")
                .replacing("{userID}", with: "77")
            for person in RouteTests.people {
                let hasBody = route.method != .get && route.method != .delete
                let answer = try await site.send(
                    route.method, path, hasBody ? [:] : nil, as: person.login)
                let isPage = route.method == .get && !route.path.hasPrefix("/api/")
                let note = "\(route.method) \(path) as \(person.login ?? "nobody"): \(answer.status)"
                if RouteTests.isAdmitted(route.access, person) {
                    let isLogin = path == "/login" || route.access == .open
                    // Who may call the others is seen in PermissionRouteTests.
                    #expect(
                        isLogin || route.access == .permitted
                            || (answer.json["messageId"]?.string != "auth.unauthorized"
                                && !answer.text.contains("additional permissions")),
                        "\(note)")
                    #expect(answer.status < 500 || answer.status == 502, "\(note) \(answer.text)")
                } else if person.login == nil {
                    #expect(answer.status == (isPage ? 302 : 401), "\(note)")
                    #expect(isPage || answer.json["messageId"]?.string == "auth.unauthorized", "\(note)")
                } else {
                    #expect(answer.status == 403, "\(note)")
                }
            }
        }
    }

    @Test func theTableNamesEachRouteOnce() async throws {
        let site = try await Site()
        let names = site.server.routes.map { "\($0.method) \($0.path)" }
        #expect(Set(names).count == names.count)
        let open = site.server.routes.filter { $0.access == .open }.map(\.path).sorted()
        #expect(
            open == [
                "/api/health", "/api/snapshots-delete/{key}", "/healthz", "/login", "/login", "/logout",
                "/robots.txt",
            ])
    }

    @Test func unknownRoutesAreJSON() async throws {
        let site = try await Site()
        let answer = try await site.send(.get, "/api/nothing/here")
        #expect(answer.status == 404)
        #expect(answer.json["message"]?.string == "Not found")
        let page = try await site.send(.get, "/nothing/here", headers: [.accept: "text/html,*/*;q=0.8"])
        #expect(page.status == 404 && page.text.hasPrefix("<!doctype html>"))
        #expect(try await site.send(.get, "/nothing/here").json["message"]?.string == "Not found")
        let health = try await site.send(.get, "/api/health", as: nil)
        #expect(health.json["database"]?.string == "ok")
        #expect(health.headers[.xContentTypeOptions] == "nosniff")
        #expect(page.headers[.xContentTypeOptions] == "nosniff")
        #expect(page.headers[.init("X-Frame-Options")!] == "deny")
        #expect(page.headers[.contentSecurityPolicy]?.contains("unsafe") == false)
    }

    @Test func aPathOfTheRootAddressStandsBeforeAllAddresses() async throws {
        var settings = Site.settings
        settings.rootURL = "https://example.org/grafana/"
        settings.servesFromSubPath = true
        let site = try await Site(settings: settings)
        let saved = try await site.send(.post, "/grafana/api/dashboards/db", ["dashboard": ["title": "One"]])
        let address = try #require(saved.json["url"]?.string)
        #expect(address.hasPrefix("/grafana/d/") && address.hasSuffix("/one"))
        for prefix in ["", "/grafana"] {
            for path in ["/api/health", "/metrics", "/favicon.ico"] {
                #expect(try await site.send(.get, prefix + path, as: nil).status == 200, "\(prefix)\(path)")
            }
            let page = try await site.send(.get, prefix + "/login", as: nil)
            #expect(page.text.contains("data-prefix=\"/grafana\"") && !page.text.contains("\"/assets"))
            let away = try await site.send(.get, prefix + "/explore?left=1", as: nil)
            #expect(away.headers[.location] == "/grafana/login?redirectTo=%2Fgrafana%2Fexplore%3Fleft%3D1")
        }
        let asset = try await site.send(.get, "/grafana/assets/web/favicon.svg", as: nil)
        #expect(asset.status == 200)
        let login = try await site.send(
            .post, "/grafana/login?redirectTo=%2Fexplore",
            ["user": "admin", "password": .string(Site.password)], as: nil)
        #expect(login.json["redirectUrl"]?.string == "/grafana/explore")
        #expect(login.cookies.allSatisfy { $0.contains("Path=/grafana;") })
        #expect(try await site.send(.get, "/logout").headers[.location] == "/grafana/login")
    }

    @Test func aSubPathOfOurOwnIsRefused() async throws {
        var settings = Site.settings
        settings.rootURL = "https://example.org/api/x/"
        settings.servesFromSubPath = true
        let error = await #expect(throws: DashboardsError.self) { _ = try await Site(settings: settings) }
        #expect(
            error?.message.hasPrefix("server.root_url: /api is a path of the dashboards themselves") == true)
    }

    @Test func anonymousVisitorsMayLookWhenTheyAreLet() async throws {
        var settings = Site.settings
        settings.anonymousRole = .viewer
        let site = try await Site(settings: settings)
        #expect(try await site.send(.get, "/api/search", as: nil).status == 200)
        #expect(
            try await site.send(.post, "/api/dashboards/db", ["dashboard": ["title": "x"]], as: nil).status
                == 403)
        #expect(try await site.send(.get, "/api/user/preferences", as: nil).status == 403)
    }
}
