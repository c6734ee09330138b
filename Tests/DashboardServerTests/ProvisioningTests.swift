import Dashboards
import HTTPTypes
import JSON
import TestKit
import Testing

@testable import DashboardServer

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct ProvisioningTests {
    private static func write(_ path: String, _ text: String) {
        guard let file = fopen(path, "w") else { return }
        fputs(text, file)
        fclose(file)
    }

    private func folder() -> TemporaryFolder {
        let folder = TemporaryFolder()
        for name in ["datasources", "dashboards", "boards", "boards/Team"] {
            mkdir(folder.path + "/" + name, 0o755)
        }
        Self.write(
            folder.path + "/datasources/a.yaml",
            """
            apiVersion: 1
            datasources:
              - name: Prometheus
                type: prometheus
                url: http://${NOTHING_SET}prometheus:9090
                isDefault: true
                jsonData:
                  timeInterval: 5s
                secureJsonData:
                  basicAuthPassword: "pa$$word"
            """)
        Self.write(
            folder.path + "/dashboards/b.yaml",
            """
            apiVersion: 1
            providers:
              - name: files
                type: file
                options:
                  path: \(folder.path)/boards
                  foldersFromFilesStructure: true
            """)
        Self.write(
            folder.path + "/boards/Team/one.json",
            #"{"__inputs":[{"name":"DS_X","type":"datasource","pluginId":"prometheus"}],"uid":"one","title":"One","panels":[{"type":"stat","datasource":"${DS_X}","targets":[{"expr":"up"}]}]}"#
        )
        Self.write(folder.path + "/boards/broken.json", "{")
        Self.write(
            folder.path + "/datasources/bomb.yaml",
            "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n"
        )
        return folder
    }

    private func site(_ folder: TemporaryFolder) async throws -> Site {
        var settings = Site.settings
        settings.provisioningPath = folder.path
        return try await Site(settings: settings)
    }

    @Test func appliesDataSourcesAndDashboards() async throws {
        let folder = folder()
        let site = try await site(folder)
        let sources = try await site.send(.get, "/api/datasources")
        let source = try #require(sources.json.array?.first { $0["name"]?.string == "Prometheus" })
        #expect(source["url"]?.string == "http://prometheus:9090")
        #expect(source["readOnly"]?.bool == true && source["isDefault"]?.bool == true)
        let uid = try #require(source["uid"]?.string)
        #expect(try await site.server.store.secrets(ofDataSource: uid) == ["basicAuthPassword": "pa$word"])
        #expect(try await site.send(.delete, "/api/datasources/uid/\(uid)").status == 403)
        let one = try await site.send(.get, "/api/dashboards/uid/one")
        #expect(one.json["meta"]?["folderTitle"]?.string == "Team")
        #expect(one.json["meta"]?["provisioned"]?.bool == true)
        #expect(one.json["dashboard"]?["panels"]?[0]?["datasource"]?["uid"]?.string == uid)
        #expect(try await site.send(.delete, "/api/dashboards/uid/one").status == 400)
    }

    @Test func writesEditsBackToTheFile() async throws {
        let folder = folder()
        let site = try await site(folder)
        let path = folder.path + "/boards/Team/one.json"
        let loaded = try await site.send(.get, "/api/dashboards/uid/one")
        #expect(loaded.json["meta"]?["canSave"]?.bool == true)
        var dashboard = try #require(loaded.json["dashboard"]?.object)
        dashboard["title"] = "Changed"
        let saved = try await site.send(.post, "/api/dashboards/db", ["dashboard": .object(dashboard)])
        #expect(saved.status == 200, "\(saved.text)")
        let text = String(decoding: SharedFolders.read(path) ?? [], as: UTF8.self)
        #expect(text.hasPrefix("{\n  \"uid\": \"one\",\n  \"title\": \"Changed\",") && text.hasSuffix("}\n"))
        #expect(!text.contains("\"version\""))
        // What was written is what is stored: the next look changes nothing.
        _ = await site.server.provisioner.runDashboards()
        #expect(try await site.send(.get, "/api/dashboards/uid/one").json["meta"]?["version"]?.int == 2)
        #expect(
            try await site.send(.post, "/api/dashboards/db", ["dashboard": .object(dashboard)]).status == 412)
        // The disk wins, and what is gone goes.
        Self.write(path, #"{"uid":"one","title":"From disk"}"#)
        _ = await site.server.provisioner.runDashboards()
        #expect(
            try await site.send(.get, "/api/dashboards/uid/one").json["dashboard"]?["title"]?.string
                == "From disk")
        unlink(path)
        _ = await site.server.provisioner.runDashboards()
        #expect(try await site.send(.get, "/api/dashboards/uid/one").status == 404)
    }

    @Test(arguments: [false, true])
    func savesWhatItsProviderLetsChange(isAllowed: Bool) async throws {
        let folder = folder()
        if isAllowed {
            Self.write(
                folder.path + "/dashboards/b.yaml",
                """
                providers:
                  - name: files
                    allowUiUpdates: true
                    options: {path: \(folder.path)/boards}
                """)
        }
        let site = try await site(folder)
        // A file that is gone cannot be written either, and these tests may run as root.
        unlink(folder.path + "/boards/Team/one.json")
        let loaded = try await site.send(.get, "/api/dashboards/uid/one")
        #expect(loaded.json["meta"]?["canSave"]?.bool == isAllowed)
        let saved = try await site.send(
            .post, "/api/dashboards/db", ["dashboard": ["uid": "one", "title": "Changed", "version": 1]])
        #expect(saved.status == (isAllowed ? 200 : 400), "\(saved.text)")
        let title = try await site.send(.get, "/api/dashboards/uid/one").json["dashboard"]?["title"]?.string
        #expect(title == (isAllowed ? "Changed" : "One"))
        #expect(SharedFolders.read(folder.path + "/boards/Team/one.json") == nil)
    }
}
