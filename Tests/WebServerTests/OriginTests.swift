import HTTPTypes
import Hummingbird
import Logging
import Testing

@testable import WebServer

@Suite struct OriginTests {
    @Test func foreignOriginsAreToldNothingUnlessAllowed() async throws {
        for (middleware, want) in [
            (CrossOrigin(), nil), (CrossOrigin(allowsAll: true), "*"),
            (CrossOrigin { $0 == "https://a.example" }, "https://a.example"),
            (CrossOrigin { $0 == "https://b.example" }, nil),
        ] as [(CrossOrigin, String?)] {
            let router = Router(context: WebContext.self)
            router.add(middleware: middleware)
            router.get("/") { _, _ in Response.text("x") }
            let client = RouterClient(router, logger: Logger(label: "test"))
            let answer = try await client.send(.get, "/", headers: [.origin: "https://a.example"])
            #expect(answer.headers[.accessControlAllowOrigin] == want)
            #expect(answer.headers[.vary] == "Origin")
        }
    }

    @Test(
        arguments: [
            (nil, "localhost:9090", true), ("http://localhost:9090", "localhost:9090", true),
            ("http://127.0.0.1:9090", "127.0.0.1:9090", true), ("http://[::1]:9090", "[::1]:9090", true),
            ("http://localhost:3000", "localhost:9090", false),
            ("http://evil.example", "localhost:9090", false),
            // A name that its owner pointed at us.
            ("http://evil.example:9090", "evil.example:9090", false),
            ("http://prom.example", "prom.example", true),
            ("null", "localhost:9090", false), ("", "localhost:9090", false),
            ("http://1.2.3.4.evil.example", "1.2.3.4.evil.example", false),
        ] as [(String?, String, Bool)])
    func onlyOwnPagesPass(origin: String?, authority: String, isOwn: Bool) {
        #expect(SameOriginOnly(externalHost: "prom.example").isOwn(origin, authority: authority) == isOwn)
    }

    @Test func foreignSitesAreRefused() async throws {
        let router = Router(context: WebContext.self)
        router.add(middleware: PlainErrors())
        router.add(middleware: SameOriginOnly())
        router.post("/x") { _, _ in Response.text("done") }
        let client = RouterClient(router, logger: Logger(label: "test"))
        #expect(try await client.send(.post, "/x").status == .ok)
        #expect(
            try await client.send(.post, "/x", headers: [.origin: "http://evil.example"]).status == .forbidden
        )
        let site = try #require(HTTPField.Name("Sec-Fetch-Site"))
        #expect(try await client.send(.post, "/x", headers: [site: "cross-site"]).status == .forbidden)
        #expect(try await client.send(.post, "/x", headers: [site: "same-origin"]).status == .ok)
    }
}
