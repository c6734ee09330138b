import Dashboards
import HTTPTypes
import JSON
import NIOCore
import TestKit
import Testing
import WebServer

@testable import DashboardServer

@Suite struct DashboardTests {
    private func save(_ site: Site, _ dashboard: JSONValue, overwrite: Bool = false, folder: String? = nil)
        async throws -> Site.Answer
    {
        var body: JSONObject = ["dashboard": dashboard, "overwrite": .bool(overwrite), "message": "m"]
        if let folder { body["folderUid"] = .string(folder) }
        return try await site.send(.post, "/api/dashboards/db", .object(body))
    }

    @Test func savesLoadsAndKeepsUnknownMembers() async throws {
        let site = try await Site()
        let saved = try await save(
            site,
            [
                "uid": "abc", "title": "My Übersicht 1", "tags": ["a", "b"], "x-mine": ["y": [1, .null]],
                "panels": [
                    ["type": "graph", "title": "g", "datasource": "Prometheus", "targets": [["expr": "up"]]]
                ],
            ])
        #expect(saved.status == 200)
        #expect(saved.json["url"]?.string == "/d/abc/my-übersicht-1")
        #expect(saved.json["version"]?.int == 1)
        let loaded = try await site.send(.get, "/api/dashboards/uid/abc")
        #expect(loaded.json["dashboard"]?["x-mine"]?.text() == #"{"y":[1,null]}"#)
        #expect(loaded.json["dashboard"]?["panels"]?[0]?["type"]?.string == "timeseries")
        #expect(loaded.json["dashboard"]?["panels"]?[0]?["datasource"]?["uid"]?.string == "martlet")
        #expect(loaded.json["meta"]?["canSave"]?.bool == true)
        #expect(loaded.json["meta"]?["migration"]?["entries"]?[0]?["kind"]?.string == "changed")
        #expect(loaded.json["dashboard"]?["id"]?.int == saved.json["id"]?.int)
        #expect(try await site.send(.get, "/api/dashboards/uid/none").status == 404)
    }

    @Test func twoSavesAtOnce() async throws {
        let site = try await Site()
        _ = try await save(site, ["uid": "abc", "title": "one"])
        let first = try await save(site, ["uid": "abc", "title": "two", "version": 1])
        #expect(first.json["version"]?.int == 2)
        let second = try await save(site, ["uid": "abc", "title": "three", "version": 1])
        #expect(second.status == 412)
        #expect(second.json["status"]?.string == "version-mismatch")
        #expect(
            try await save(site, ["uid": "abc", "title": "three", "version": 1], overwrite: true).json[
                "version"]?.int == 3)
        #expect(try await save(site, ["uid": "abd", "id": 4711, "title": "x"]).status == 404)
        #expect(try await save(site, ["title": "  "]).status == 400)
        #expect(try await save(site, ["title": "x", "uid": "a/b"]).status == 400)

        let versions = try await site.send(.get, "/api/dashboards/uid/abc/versions")
        #expect(versions.json.array?.compactMap { $0["version"]?.int } == [3, 2, 1])
        let old = try await site.send(.get, "/api/dashboards/uid/abc/versions/1")
        #expect(old.json["data"]?["title"]?.string == "one")
        let restored = try await site.send(.post, "/api/dashboards/uid/abc/restore", ["version": 1])
        #expect(restored.json["version"]?.int == 4)
        #expect(
            try await site.send(.get, "/api/dashboards/uid/abc").json["dashboard"]?["title"]?.string == "one")
    }

    @Test func importsWithInputs() async throws {
        let site = try await Site()
        let document: JSONValue = [
            "__inputs": [["name": "DS_PROMETHEUS", "type": "datasource", "pluginId": "prometheus"]],
            "uid": "imp", "title": "I", "id": 7,
            "panels": [["type": "stat", "datasource": "${DS_PROMETHEUS}", "targets": [["expr": "x"]]]],
        ]
        let imported = try await site.send(
            .post, "/api/dashboards/import",
            [
                "dashboard": document,
                "inputs": [
                    [
                        "name": "DS_PROMETHEUS", "type": "datasource", "pluginId": "prometheus",
                        "value": "martlet",
                    ]
                ],
            ])
        #expect(imported.status == 200)
        #expect(imported.json["importedUrl"]?.string == "/d/imp/i")
        let loaded = try await site.send(.get, "/api/dashboards/uid/imp")
        #expect(loaded.json["dashboard"]?["__inputs"] == nil)
        #expect(loaded.json["dashboard"]?["panels"]?[0]?["datasource"]?["uid"]?.string == "martlet")
        let again = try await site.send(.post, "/api/dashboards/import", ["dashboard": document])
        #expect(again.status == 412)
        #expect(
            try await site.send(.post, "/api/dashboards/import", ["dashboard": document, "overwrite": true])
                .status == 200)
    }

    private static let demo: [String] = {
        guard let folder = SharedFolders.dashboards else { return [] }
        return [
            "demo/cadvisor_dashboard.json", "demo/flask_service_dashboard.json",
            "community/node-exporter-full-old.json",
        ].map { folder + "/" + $0 }
    }()

    @Test(.enabled(if: !demo.isEmpty), arguments: demo)
    func importsRealFilesUnmodified(path: String) async throws {
        let site = try await Site()
        let document = try JSONValue.parse(SharedFolders.read(path) ?? [])
        let imported = try await site.send(.post, "/api/dashboards/import", ["dashboard": document])
        #expect(imported.status == 200, "\(imported.text.prefix(300))")
        let uid = try #require(imported.json["uid"]?.string)
        let loaded = try await site.send(.get, "/api/dashboards/uid/\(uid)")
        #expect(loaded.json["dashboard"]?["schemaVersion"]?.int == 42)
    }

    @Test func refusesHostileDocuments() async throws {
        let site = try await Site()
        func post(_ text: String) async throws -> Site.Answer {
            let answer = try await site.client.send(
                .post, "/api/dashboards/db",
                headers: [
                    .authorization: "Basic " + Base64Text.encode("admin:\(Site.password)"),
                    .contentType: "application/json",
                ],
                body: .init(string: text))
            return Site.Answer(
                status: answer.status.code, headers: answer.headers, body: Array(buffer: answer.body))
        }
        let deep =
            #"{"dashboard":{"title":"x","a":"# + String(repeating: "[", count: 1000)
            + String(repeating: "]", count: 1000) + "}}"
        let tooDeep = try await post(deep)
        #expect(tooDeep.status == 400)
        #expect(tooDeep.json["message"]?.string?.contains("line 1, column") == true)
        let broken = try await post("{\n  \"dashboard\": {,}\n}")
        #expect(broken.json["message"]?.string?.contains("line 2") == true)
        #expect(try await post(#"{"dashboard":[]}"#).status == 400)
        let large = #"{"dashboard":{"title":"x","a":""# + String(repeating: "x", count: 17 << 20) + #""}}"#
        #expect(try await post(large).status == 413)
        let many = (0..<10_000).map {
            #"{"type":"graph","id":\#($0),"title":"</script><script>alert(1)</script>","targets":[{"expr":"up"}]}"#
        }
        let wide = try await post(
            #"{"dashboard":{"uid":"wide","title":"<img src=x onerror=alert(1)>","panels":["#
                + many.joined(separator: ",") + "]}}")
        #expect(wide.status == 200)
        let loaded = try await site.send(.get, "/api/dashboards/uid/wide")
        #expect(loaded.status == 200)
        #expect(!loaded.text.contains("<script>"))
        #expect(loaded.json["dashboard"]?["panels"]?.array?.count == 10_000)
    }

    @Test func foldersHoldDashboards() async throws {
        let site = try await Site()
        let folder = try await site.send(.post, "/api/folders", ["uid": "f1", "title": "Team"])
        #expect(folder.json["uid"]?.string == "f1")
        _ = try await site.send(.post, "/api/folders", ["uid": "f2", "title": "Sub", "parentUid": "f1"])
        #expect(try await site.send(.post, "/api/folders", ["uid": "f1", "title": "again"]).status == 409)
        #expect(try await site.send(.post, "/api/folders/f1/move", ["parentUid": "f2"]).status == 400)
        #expect(try await save(site, ["uid": "d1", "title": "Alpha beta"], folder: "f2").status == 200)
        #expect(try await save(site, ["uid": "d2", "title": "Gamma", "tags": ["t"]]).status == 200)
        #expect(try await save(site, ["uid": "d3", "title": "x"], folder: "none").status == 400)

        func search(_ query: String) async throws -> [String] {
            try await site.send(.get, "/api/search?" + query).json.array?.compactMap { $0["uid"]?.string }
                .filter { $0 != "martlet" && !$0.hasPrefix("martlet") } ?? []
        }
        #expect(try await search("query=BETA+alpha") == ["d1"])
        #expect(try await search("tag=t") == ["d2"])
        #expect(try await search("folderUIDs=f2") == ["d1"])
        #expect(try await search("type=dash-folder") == ["f2", "f1"])
        #expect(try await search("query=%25") == [])
        #expect(try await site.send(.post, "/api/user/stars/dashboard/uid/d1").status == 200)
        #expect(try await search("starred=true") == ["d1"])
        #expect(
            try await site.send(.get, "/api/dashboards/uid/d1").json["meta"]?["folderTitle"]?.string == "Sub")
        #expect(try await site.send(.put, "/api/folders/f1", ["title": "T2", "version": 9]).status == 412)
        #expect(
            try await site.send(.put, "/api/folders/f1", ["title": "T2", "version": 1]).json["version"]?.int
                == 2)
        #expect(try await site.send(.delete, "/api/folders/f1").status == 200)
        #expect(try await site.send(.get, "/api/dashboards/uid/d1").status == 404)
        #expect(try await site.send(.get, "/api/dashboards/uid/d2").status == 200)
        #expect(
            try await site.send(.delete, "/api/dashboards/uid/d2").json["message"]?.string
                == "Dashboard Gamma deleted")
    }

    @Test func preferencesLayer() async throws {
        let site = try await Site()
        #expect(
            try await site.send(.put, "/api/org/preferences", ["theme": "light", "timezone": "utc"]).status
                == 200)
        #expect(try await site.send(.patch, "/api/user/preferences", ["theme": "dark"]).status == 200)
        let settings = try await site.send(.get, "/api/frontend/settings")
        #expect(settings.json["bootData"]?["user"]?["theme"]?.string == "dark")
        #expect(settings.json["defaultDatasource"]?.string == "Prometheus")
        #expect(settings.json["buildInfo"]?["version"]?.string?.first?.isNumber == true)
    }

    @Test func aChangedDataSourceIsSeenAtOnce() async throws {
        let site = try await Site()
        _ = try await save(
            site,
            [
                "uid": "d", "title": "d",
                "panels": [["type": "stat", "datasource": "Other", "targets": [["expr": "x"]]]],
            ])
        #expect(
            try await site.send(.get, "/api/dashboards/uid/d").json["dashboard"]?["panels"]?[0]?[
                "datasource"]?["uid"]?.string == "martlet")
        _ = try await site.send(
            .post, "/api/datasources",
            ["uid": "other", "name": "Other", "type": "prometheus", "url": "http://x:1"])
        #expect(
            try await site.send(.get, "/api/dashboards/uid/d").json["dashboard"]?["panels"]?[0]?[
                "datasource"]?["uid"]?.string == "other")
    }
}
