import Dashboards
import HTTPTypes
import JSON
import Testing

@testable import DashboardServer

@Suite struct AdministrationTests {
    @Test func managesUsers() async throws {
        let site = try await Site()
        let added = try await site.send(
            .post, "/api/admin/users",
            [
                "login": "ann", "email": "ann@example.org", "name": "Ann", "password": .string(Site.password),
            ])
        #expect(added.json["message"]?.string == "User created")
        let id = try #require(added.json["id"]?.int)
        #expect(
            try await site.send(.post, "/api/admin/users", ["login": "Ann", "password": "longer"]).status
                == 412)
        #expect(try await site.send(.get, "/api/user", as: "ann").json["orgRole"]?.string == "Viewer")
        #expect(try await site.send(.patch, "/api/org/users/\(id)", ["role": "Editor"]).status == 200)
        #expect(try await site.send(.get, "/api/user", as: "ann").json["orgRole"]?.string == "Editor")
        #expect(
            try await site.send(.get, "/api/users/lookup?loginOrEmail=ANN@example.org").json["login"]?.string
                == "ann")
        #expect(try await site.send(.get, "/api/users?perpage=1&page=2").json.array?.count == 1)
        #expect(try await site.send(.post, "/api/admin/users/\(id)/disable").status == 200)
        #expect(try await site.send(.get, "/api/user", as: "ann").status == 401)
        #expect(try await site.send(.post, "/api/admin/users/\(id)/enable").status == 200)
        #expect(try await site.send(.delete, "/api/admin/users/\(id)").status == 200)
        #expect(try await site.send(.get, "/api/users/\(id)").status == 404)
        // Somebody must be left who may do it.
        #expect(
            try await site.send(.put, "/api/admin/users/1/permissions", ["isGrafanaAdmin": false]).status
                == 400)
        #expect(try await site.send(.delete, "/api/admin/users/1").status == 400)
    }

    @Test func serviceAccountsUseTokens() async throws {
        let site = try await Site()
        let account = try await site.send(
            .post, "/api/serviceaccounts", ["name": "CI bot", "role": "Editor"])
        #expect(account.status == 201)
        let id = try #require(account.json["id"]?.int)
        let made = try await site.send(
            .post, "/api/serviceaccounts/\(id)/tokens", ["name": "t", "secondsToLive": 60])
        let key = try #require(made.json["key"]?.string)
        #expect(key.hasPrefix("glsa_") && key.split(separator: "_").count == 3)
        func use(_ token: String) async throws -> Int {
            try await site.send(
                .post, "/api/dashboards/db", ["dashboard": ["title": "by token"], "overwrite": true], as: nil,
                headers: [.authorization: "Bearer \(token)"]
            ).status
        }
        #expect(try await use(key) == 200)
        #expect(try await use(String(key.dropLast()) + (key.last == "0" ? "1" : "0")) == 401)
        #expect(
            try await site.send(
                .get, "/api/datasources/uid/martlet", as: nil, headers: [.authorization: "Bearer \(key)"]
            ).status == 403)
        let basic = "Basic " + Base64Text.encode("api_key:\(key)")
        #expect(
            try await site.send(.get, "/api/search", as: nil, headers: [.authorization: basic]).status == 200)
        let list = try await site.send(.get, "/api/serviceaccounts/\(id)/tokens")
        #expect(list.json[0]?["hasExpired"]?.bool == false && !list.text.contains(key))
        #expect(try await site.send(.post, "/api/serviceaccounts/\(id)/tokens", ["name": "t"]).status == 409)
        #expect(
            try await site.send(.get, "/api/serviceaccounts/search").json["serviceAccounts"]?[0]?["tokens"]?
                .int == 1)
        let token = try #require(list.json[0]?["id"]?.int)
        #expect(try await site.send(.delete, "/api/serviceaccounts/\(id)/tokens/\(token)").status == 200)
        #expect(try await use(key) == 401)
    }

    @Test func annotationsHaveTimesAndTags() async throws {
        let site = try await Site()
        let added = try await site.send(
            .post, "/api/annotations",
            [
                "time": 1000, "timeEnd": 2000, "text": "deploy", "tags": ["a", "b"], "dashboardUID": "d",
                "panelId": 3,
            ])
        #expect(added.json["message"]?.string == "Annotation added")
        let id = try #require(added.json["id"]?.int)
        _ = try await site.send(.post, "/api/annotations/graphite", ["what": "w", "when": 5, "tags": "b c"])
        #expect(try await site.send(.get, "/api/annotations?from=1500&to=1600").json.array?.count == 1)
        #expect(try await site.send(.get, "/api/annotations?tags=b").json.array?.count == 2)
        #expect(try await site.send(.get, "/api/annotations?tags=a&tags=c").json.array?.count == 0)
        #expect(try await site.send(.get, "/api/annotations?dashboardUID=d").json[0]?["panelId"]?.int == 3)
        #expect(try await site.send(.patch, "/api/annotations/\(id)", ["text": "redeploy"]).status == 200)
        #expect(try await site.send(.get, "/api/annotations/\(id)").json["text"]?.string == "redeploy")
        #expect(
            try await site.send(.get, "/api/annotations/tags").json["result"]?["tags"]?.text()
                == #"[{"tag":"a","count":1},{"tag":"b","count":2},{"tag":"c","count":1}]"#)
        #expect(try await site.send(.delete, "/api/annotations/\(id)").status == 200)
        #expect(try await site.send(.get, "/api/annotations/\(id)").status == 404)
        #expect(
            try await site.send(.post, "/api/annotations", ["time": 5, "timeEnd": 1, "text": "x"]).status
                == 400)
    }

    @Test func libraryPanelsAreFilledIn() async throws {
        let site = try await Site()
        let element = try await site.send(
            .post, "/api/library-elements",
            [
                "uid": "lib", "name": "L", "kind": 1,
                "model": [
                    "type": "stat", "title": "shared", "datasource": "Prometheus",
                    "targets": [["expr": "up"]],
                ],
            ])
        #expect(element.json["result"]?["type"]?.string == "stat")
        _ = try await site.send(
            .post, "/api/dashboards/db",
            [
                "dashboard": [
                    "uid": "d", "title": "d",
                    "panels": [
                        [
                            "id": 9, "gridPos": ["x": 2, "y": 0, "w": 4, "h": 4],
                            "libraryPanel": ["uid": "lib", "name": "L"],
                        ]
                    ],
                ]
            ])
        func panel() async throws -> JSONValue? {
            try await site.send(.get, "/api/dashboards/uid/d").json["dashboard"]?["panels"]?[0]
        }
        #expect(try await panel()?["type"]?.string == "stat")
        #expect(try await panel()?["id"]?.int == 9)
        #expect(try await panel()?["gridPos"]?["x"]?.int == 2)
        #expect(
            try await site.send(.patch, "/api/library-elements/lib", ["version": 7, "name": "x"]).status
                == 412)
        #expect(
            try await site.send(
                .patch, "/api/library-elements/lib",
                ["version": 1, "model": ["type": "gauge", "targets": []]]
            ).status == 200)
        #expect(try await panel()?["type"]?.string == "gauge")
        #expect(
            try await site.send(.get, "/api/library-elements/lib/connections").json["result"]?[0]?[
                "connectionUid"]?.string == "d")
    }

    @Test func snapshotsPlaylistsAndShortAddresses() async throws {
        let site = try await Site()
        let snapshot = try await site.send(
            .post, "/api/snapshots",
            ["dashboard": ["title": "S", "panels": [["type": "graph"]]], "expires": 3600])
        let key = try #require(snapshot.json["key"]?.string)
        #expect(
            try await site.send(.get, "/api/snapshots/\(key)").json["dashboard"]?["panels"]?[0]?["type"]?
                .string == "timeseries")
        #expect(try await site.send(.get, "/api/snapshots/\(key)", as: nil).status == 401)
        #expect(try await site.send(.get, "/api/dashboard/snapshots").json[0]?["name"]?.string == "S")
        #expect(try await site.send(.delete, "/api/snapshots/\(key)").status == 200)
        let other = try await site.send(.post, "/api/snapshots", ["dashboard": ["title": "T", "panels": []]])
        let address = try #require(other.json["deleteUrl"]?.string)
        #expect(
            try await site.send(
                .get, "/api/snapshots-delete/\(try #require(other.json["key"]?.string))", as: nil
            ).status == 404)
        #expect(try await site.send(.get, address, as: nil).status == 200)
        #expect(try await site.send(.get, "/api/dashboard/snapshots").json.array?.isEmpty == true)
        let playlist = try await site.send(
            .post, "/api/playlists",
            ["name": "P", "interval": "10s", "items": [["type": "dashboard_by_tag", "value": "x"]]])
        let uid = try #require(playlist.json["uid"]?.string)
        #expect(try await site.send(.get, "/api/playlists/\(uid)/items").json[0]?["value"]?.string == "x")
        let short = try await site.send(.post, "/api/short-urls", ["path": "d/abc/x?from=now-1h"])
        let target = try await site.send(.get, "/goto/\(try #require(short.json["uid"]?.string))")
        #expect(target.headers[.location] == "/d/abc/x?from=now-1h")
        #expect(try await site.send(.post, "/api/short-urls", ["path": "/evil.com"]).status == 400)
        let history = try await site.send(
            .post, "/api/query-history", ["datasourceUid": "martlet", "queries": [["expr": "up"]]])
        let entry = try #require(history.json["result"]?["uid"]?.string)
        #expect(
            try await site.send(.post, "/api/query-history/star/\(entry)").json["result"]?["starred"]?.bool
                == true)
        #expect(
            try await site.send(.get, "/api/query-history?onlyStarred=true").json["result"]?["totalCount"]?
                .int == 1)
    }

    @Test func tellsAboutTheOneOrganisation() async throws {
        let site = try await Site()
        try await site.addUser("boss", .admin)
        try await site.addUser("ann", .viewer)
        #expect(try await site.send(.put, "/api/org", ["name": "Main Org."]).status == 200)
        #expect(try await site.send(.put, "/api/org", ["name": "Other"]).status == 400)
        #expect(try await site.send(.get, "/api/orgs/name/Main%20Org.").json["id"]?.int == 1)
        #expect(try await site.send(.get, "/api/orgs/1/users").json.array?.count == 3)
        #expect(try await site.send(.get, "/api/orgs/2/users").status == 404)
        #expect(
            try await site.send(.post, "/api/org/users", ["loginOrEmail": "ann", "role": "Admin"]).status
                == 409)
        #expect(
            try await site.send(.get, "/api/org/users/lookup?query=ann").json[0]?["login"]?.string == "ann")
        let ann = try #require(
            try await site.send(.get, "/api/users/lookup?loginOrEmail=ann").json["id"]?.int)
        #expect(try await site.send(.get, "/api/users/\(ann)/orgs").json[0]?["role"]?.string == "Viewer")
        #expect(try await site.send(.delete, "/api/org/users/1", as: "boss").status == 403)
        #expect(try await site.send(.delete, "/api/org/users/\(ann)", as: "boss").status == 200)
        #expect(try await site.send(.get, "/api/user", as: "ann").status == 401)
        let settings = try await site.send(.get, "/api/admin/settings")
        #expect(
            settings.json["security"]?["admin_password"]?.string == "*********"
                && !settings.text.contains(Site.password))
    }
}
