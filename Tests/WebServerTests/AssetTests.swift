import Hummingbird
import HummingbirdTesting
import Testing

@testable import WebServer

@Suite struct AssetTests {
    private func application() -> some ApplicationProtocol {
        let router = Router(context: WebContext.self)
        router.addAssets()
        router.addAsset("web/favicon.svg", at: "/favicon.svg")
        router.addPage("/page", PageDocument("web/server.html", prefix: "/a&b", title: "<x>"))
        return Application(router: router)
    }

    @Test func servesAnEmbeddedFileWithItsTypeAndTag() async throws {
        try await application().test(.router) { client in
            let first = try await client.executeRequest(
                uri: "/assets/web/favicon.svg", method: .get, headers: [:], body: nil)
            #expect(first.status == .ok)
            #expect(first.headers[.contentType] == "image/svg+xml")
            let tag = try #require(first.headers[.eTag])
            let second = try await client.executeRequest(
                uri: "/assets/web/favicon.svg", method: .get, headers: [.ifNoneMatch: tag], body: nil)
            #expect(second.status == .notModified)
            #expect(second.body.readableBytes == 0)
            let own = try await client.executeRequest(
                uri: "/favicon.svg", method: .get, headers: [:], body: nil)
            #expect(own.body == first.body)
            for answer in [first, second, own] { #expect(answer.headers[.cacheControl] == "no-cache") }
        }
    }

    /// The edition's address never changes, so it is never asked for again; another edition's still answers.
    @Test func browsersKeepWhatTheEditionNames() async throws {
        try await application().test(.router) { client in
            for (edition, cacheControl) in [
                (Assets.edition, "public, max-age=31536000, immutable"), ("e0", "no-cache"),
            ] {
                let answer = try await client.executeRequest(
                    uri: "/assets/\(edition)/web/favicon.svg", method: .get, headers: [:], body: nil)
                #expect(answer.status == .ok && answer.headers[.cacheControl] == cacheControl, "\(edition)")
            }
        }
    }

    @Test func aPageNamesTheEditionThePrefixAndTheTitle() async throws {
        try await application().test(.router) { client in
            let page = try await client.executeRequest(uri: "/page", method: .get, headers: [:], body: nil)
            let text = String(buffer: page.body)
            #expect(
                text.contains("<title>&lt;x&gt;</title>") && text.contains("<html data-prefix=\"/a&amp;b\" "))
            #expect(text.contains("src=\"/a&amp;b/assets/\(Assets.edition)/web/server.js\""))
            #expect(!text.contains("\"/assets"))
            #expect(page.headers[.cacheControl] == "no-cache")
            let tag = try #require(page.headers[.eTag])
            let again = try await client.executeRequest(
                uri: "/page", method: .get, headers: [.ifNoneMatch: tag], body: nil)
            #expect(again.status == .notModified)
        }
    }

    /// A compressed answer's tag is weak, and browsers send it back as they got it.
    @Test(arguments: [
        ("W/\"a\"", true), ("\"b\", W/\"a\"", true), ("\"a\"", true), ("\"b\"", false), ("", false),
        ("W/", false),
    ])
    func knowsWeakTags(list: String, isKnown: Bool) {
        #expect(Assets.isKnown("\"a\"", by: list) == isKnown)
    }

    @Test func headHasTheLengthAndNoBody() async throws {
        try await application().test(.router) { client in
            let get = try await client.executeRequest(
                uri: "/assets/web/favicon.svg", method: .get, headers: [:], body: nil)
            let head = try await client.executeRequest(
                uri: "/assets/web/favicon.svg", method: .head, headers: [:], body: nil)
            #expect(head.status == .ok)
            #expect(head.headers[.contentLength] == String(get.body.readableBytes))
            #expect(head.body.readableBytes == 0)
        }
    }

    @Test(arguments: [
        "/assets/web/../web/favicon.svg", "/assets/..%2f..%2fetc/passwd", "/assets/%2e%2e/Package.swift",
        "/assets/web%2ffavicon.svg%00", "/assets/web\\favicon.svg", "/assets//etc/passwd", "/assets/",
    ])
    func answersNothingElse(path: String) async throws {
        try await application().test(.router) { client in
            let response = try await client.executeRequest(uri: path, method: .get, headers: [:], body: nil)
            #expect(response.status == .notFound)
        }
    }

    @Test func namesOnDiskAreChecked() {
        #expect(AssetFolder.isPlain("web/lib/dom.js"))
        #expect(AssetFolder.isPlain("vendor/uPlot.iife.min.js"))
        for name in [
            "../x", "web/../x", "/etc/passwd", "web//x", "", "web/.hidden", "a\\b", "a b", "a\0b", "web/",
        ] {
            #expect(!AssetFolder.isPlain(name), "\(name)")
        }
    }
}
