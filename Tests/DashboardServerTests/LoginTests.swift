import Dashboards
import HTTPTypes
import JSON
import Testing

@testable import DashboardServer

@Suite struct LoginTests {
    @Test func opensASessionByPassword() async throws {
        let site = try await Site()
        let wrong = try await site.send(.post, "/login", ["user": "admin", "password": "admin"], as: nil)
        #expect(wrong.status == 401)
        #expect(wrong.json["message"]?.string == "Invalid username or password")
        #expect(wrong.cookies.isEmpty)

        let right = try await site.send(
            .post, "/login", ["user": "Admin", "password": .string(Site.password)], as: nil)
        #expect(right.status == 200)
        #expect(right.json["message"]?.string == "Logged in")
        #expect(right.json["redirectUrl"]?.string == "/")
        let cookie = try #require(right.cookies.first { $0.hasPrefix("grafana_session=") })
        #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"))
        #expect(
            right.cookies.contains { $0.hasPrefix("grafana_session_expiry=") && !$0.contains("HttpOnly") })

        let session = try #require(right.session)
        let user = try await site.send(.get, "/api/user", as: nil, headers: [.cookie: session])
        #expect(user.status == 200)
        #expect(user.json["login"]?.string == "admin")
        #expect(user.json["isGrafanaAdmin"]?.bool == true)

        let out = try await site.send(.get, "/logout", as: nil, headers: [.cookie: session])
        #expect(out.status == 302 && out.headers[.location] == "/login")
        let replayed = try await site.send(.get, "/api/user", as: nil, headers: [.cookie: session])
        #expect(replayed.status == 401)
    }

    @Test func pagesLeadToTheLoginAndBack() async throws {
        let site = try await Site()
        let page = try await site.send(.get, "/d/abc/x?from=now-1h", as: nil)
        #expect(page.status == 302)
        #expect(page.headers[.location] == "/login?redirectTo=%2Fd%2Fabc%2Fx%3Ffrom%3Dnow-1h")
        let login = try await site.send(
            .post, "/login?redirectTo=%2Fd%2Fabc%2Fx%3Ffrom%3Dnow-1h",
            ["user": "admin", "password": .string(Site.password)], as: nil)
        #expect(login.json["redirectUrl"]?.string == "/d/abc/x?from=now-1h")
    }

    @Test(arguments: [
        "//evil.com", "/\\evil.com", "https://evil.com", "/%2Fevil.com", "/a/../..//evil.com",
        "/public/..%2F%5cevil.com%2F%3f%2F..%2F..", "/x\u{0D}\u{0A}y", "javascript:alert(1)", "",
    ])
    func refusesToRedirectElsewhere(target: String) {
        #expect(DashboardServer.safePath(target) == "/")
    }

    @Test func refusesAfterFiveFailuresFromOneAddress() async throws {
        let site = try await Site()
        let accounts = site.server.accounts
        for _ in 0..<5 {
            await #expect(throws: DashboardsError.self) {
                try await accounts.authenticate(login: "admin", password: "no", address: "10.0.0.1")
            }
        }
        let refused = await #expect(throws: DashboardsError.self) {
            try await accounts.authenticate(
                login: "ADMIN", password: Site.password, address: "10.0.0.1")
        }
        #expect(refused == DashboardsError(.unauthorized, "Invalid username or password"))
        let user = try await accounts.authenticate(
            login: "admin", password: Site.password, address: "10.0.0.2")
        #expect(user.login == "admin")
    }

    @Test func countsAnIPv6NetworkAsOneNeighbour() async throws {
        let site = try await Site()
        for index in 0..<5 {
            await #expect(throws: DashboardsError.self) {
                try await site.server.accounts.authenticate(
                    login: "admin", password: "no", address: "2001:db8:1:2::\(index)")
            }
        }
        await #expect(throws: DashboardsError.self) {
            try await site.server.accounts.authenticate(
                login: "admin", password: Site.password, address: "2001:db8:1:2:ffff::1")
        }
    }

    @Test func makesAPasswordWhenNoneIsGiven() async throws {
        let site = try await Site(settings: DashboardSettings())
        for password in ["admin", "foobar", ""] {
            let answer = try await site.send(
                .post, "/login", ["user": "admin", "password": .string(password)], as: nil)
            #expect(answer.status == 401)
        }
    }

    @Test func aNewPasswordEndsOtherSessions() async throws {
        let site = try await Site()
        func logIn() async throws -> String {
            let answer = try await site.send(
                .post, "/login", ["user": "admin", "password": .string(Site.password)], as: nil)
            return try #require(answer.session)
        }
        let (mine, other) = (try await logIn(), try await logIn())
        let changed = try await site.send(
            .put, "/api/user/password",
            [
                "oldPassword": .string(Site.password), "newPassword": "something else",
                "confirmNew": "something else",
            ],
            as: nil, headers: [.cookie: mine])
        #expect(changed.status == 200)
        #expect(try await site.send(.get, "/api/user", as: nil, headers: [.cookie: mine]).status == 200)
        #expect(try await site.send(.get, "/api/user", as: nil, headers: [.cookie: other]).status == 401)
        #expect(try await site.send(.get, "/api/user").status == 401)
    }

    @Test func hidesTheLoginFromOtherSites() async throws {
        let site = try await Site()
        let login = try await site.send(
            .post, "/login", ["user": "admin", "password": .string(Site.password)], as: nil)
        let session = try #require(login.session)
        func post(_ headers: HTTPFields) async throws -> Int {
            var all = headers
            all[.cookie] = session
            return try await site.send(
                .post, "/api/user/revoke-auth-token", ["authTokenId": 99], as: nil, headers: all
            ).status
        }
        #expect(try await post([:]) == 404)
        #expect(try await post([.origin: "http://localhost"]) == 404)
        #expect(try await post([.origin: "http://evil.example"]) == 403)
        #expect(try await post([.origin: "null"]) == 403)
        #expect(try await post([.secFetchSite: "cross-site"]) == 403)
        #expect(try await post([.secFetchSite: "same-site"]) == 403)
        #expect(try await post([.secFetchSite: "same-origin"]) == 404)
        let form = try await site.send(
            .post, "/login", as: nil,
            headers: [.cookie: session, .contentType: "application/x-www-form-urlencoded"])
        #expect(form.status == 403)
    }

    @Test func refusesNamesThatOnlyLeadHere() {
        let check = OriginCheck(settings: DashboardSettings(), isLoopback: true)
        #expect(check.admitsHost("localhost:3000"))
        #expect(check.admitsHost("127.0.0.1:3000"))
        #expect(check.admitsHost("[::1]:3000"))
        #expect(!check.admitsHost("rebind.evil.example:3000"))
        #expect(
            OriginCheck(settings: DashboardSettings(), isLoopback: false).admitsHost("grafana.example.org"))
    }
}
