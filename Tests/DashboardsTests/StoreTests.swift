import GRDB
import JSON
import Platform
import TestKit
import Testing

@testable import Dashboards

@Suite struct StoreTests {
    @Test func keepsEverythingOverARestart() async throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/d.db"
        do {
            let store = try DashboardStore(path: path)
            _ = try await store.saveDashboard(DashboardSave(document: ["uid": "a", "title": "A"]))
            var source = DataSource(uid: "p", name: "P", type: "prometheus", url: "http://x")
            source.isDefault = true
            _ = try await store.addDataSource(source, secrets: ["k": "v"])
        }
        let store = try DashboardStore(path: path)
        #expect(try await store.dashboardRecord(uid: "a")?.title == "A")
        #expect(try await store.secrets(ofDataSource: "p") == ["k": "v"])
        let bytes = SharedFolders.read(path) ?? []
        #expect(!String(decoding: bytes, as: UTF8.self).contains("\"v\""))
    }

    @Test func forgetsOldVersions() async throws {
        let folder = TemporaryFolder()
        let store = try DashboardStore(path: folder.path + "/d.db")
        var id: Int64 = 0
        for index in 0..<25 {
            var save = DashboardSave(document: ["uid": "a", "title": .string("T\(index)")])
            save.overwrite = true
            id = try await store.saveDashboard(save, versionsToKeep: 20).id
        }
        let versions = try await store.versions(dashboardID: id, limit: 100, start: 0).map(\.version)
        #expect(versions == (6...25).reversed().map { Int64($0) })
    }

    @Test func sessionsRotateAndEnd() async throws {
        let folder = TemporaryFolder()
        let clock = ManualClock(1_700_000_000_000)
        let store = try DashboardStore(path: folder.path + "/d.db", clock: clock)
        let workers = WorkerThreads(name: "test", count: 1)
        defer { workers.shutDown() }
        let accounts = Accounts(store: store, hash: PasswordHash(rounds: 10), workers: workers)
        let user = try await store.addUser(login: "a", passwordHash: nil, role: .admin, isServerAdmin: true)
        let first = try await accounts.openSession(for: user, address: "", agent: "")
        #expect(try await accounts.caller(sessionToken: first)?.freshToken == nil)
        clock.advance(milliseconds: 601_000)
        let second = try #require(try await accounts.caller(sessionToken: first)?.freshToken)
        // The old one goes on until the new one has been seen, and a moment longer.
        #expect(try await accounts.caller(sessionToken: first) != nil)
        #expect(try await accounts.caller(sessionToken: second) != nil)
        #expect(try await accounts.caller(sessionToken: first) != nil)
        clock.advance(milliseconds: 31_000)
        #expect(try await accounts.caller(sessionToken: first) == nil)
        #expect(try await accounts.caller(sessionToken: second) != nil)
        clock.advance(milliseconds: 8 * 86_400_000)
        #expect(try await accounts.caller(sessionToken: second) == nil)
        #expect(try await accounts.caller(sessionToken: String(repeating: "0", count: 64)) == nil)
    }

    @Test func takesOverAGrafanaDatabase() async throws {
        let folder = TemporaryFolder()
        let old = try DatabaseQueue(path: folder.path + "/grafana.db")
        try await old.write { database in
            for statement in [
                "CREATE TABLE user (id INTEGER PRIMARY KEY, login TEXT, email TEXT, name TEXT, password TEXT, salt TEXT, is_admin BOOL, is_service_account BOOL)",
                "CREATE TABLE org_user (user_id INTEGER, org_id INTEGER, role TEXT)",
                "CREATE TABLE data_source (id INTEGER PRIMARY KEY, org_id INTEGER, uid TEXT, name TEXT, type TEXT, url TEXT, access TEXT, is_default BOOL, json_data TEXT, secure_json_data TEXT)",
                "CREATE TABLE dashboard (id INTEGER PRIMARY KEY, org_id INTEGER, uid TEXT, title TEXT, data TEXT, is_folder BOOL, folder_id INTEGER)",
                "INSERT INTO user VALUES (1, 'ada', 'ada@x', 'Ada', '\(StoreTests.hash)', '0123456789', 1, 0)",
                "INSERT INTO org_user VALUES (1, 1, 'Editor')",
                "INSERT INTO data_source VALUES (1, 1, 'p', 'Prom', 'prometheus', 'http://p:9090', 'proxy', 1, '{\"httpMethod\":\"GET\"}', '{\"basicAuthPassword\":\"eA==\"}')",
                "INSERT INTO dashboard VALUES (1, 1, 'f', 'Folder', '{}', 1, 0)",
                "INSERT INTO dashboard VALUES (2, 1, 'd', 'Dash', '{\"title\":\"Dash\",\"panels\":[]}', 0, 1)",
            ] { try database.execute(sql: statement) }
        }
        // Grafana's own file is never opened as ours.
        let place = GrafanaDatabase.place(inDataFolder: folder.path)
        #expect(
            place.path == folder.path + "/martlet.db" && place.isNew
                && place.original == folder.path + "/grafana.db")
        let store = try DashboardStore(path: folder.path + "/d.db")
        let summary = try await GrafanaDatabase.take(from: folder.path + "/grafana.db", into: store)
        #expect(
            summary.users == 1 && summary.dataSources == 1 && summary.folders == 1 && summary.dashboards == 1)
        #expect(summary.notes == ["data source Prom: enter its secrets anew"])
        #expect(try await store.dashboardRecord(uid: "d")?.folder == "f")
        let workers = WorkerThreads(name: "test", count: 1)
        defer { workers.shutDown() }
        let accounts = Accounts(store: store, hash: PasswordHash(rounds: 20_000), workers: workers)
        #expect(
            try await accounts.authenticate(login: "ada", password: "foobar", address: "").role == .editor)
        #expect(try await store.storedPassword(userID: 1)?.hasPrefix("pbkdf2-sha256$20000$") == true)
        #expect(try await accounts.authenticate(login: "ada", password: "foobar", address: "").login == "ada")
    }

    private static let hash =
        "bfa73af1d1b04fa6027f694dee2c69f4ceec36c4ba8e1fdd94409679f9c6adef8a48879b9f763891019dc35663198a99650d"

    @Test func findsAmongTenThousand() async throws {
        let folder = TemporaryFolder()
        let store = try DashboardStore(path: folder.path + "/d.db")
        try await store.write { database in
            for index in 0..<10_000 {
                try database.execute(
                    sql:
                        "INSERT INTO dashboard (uid, title, slug, folder, tags, version, created, updated, created_by, updated_by, json) "
                        + "VALUES (?, ?, '', '', '', 1, 0, 0, '', '', ?)",
                    arguments: [
                        "u\(index)", "Service \(index) overview", String(repeating: "x", count: 2000),
                    ])
            }
        }
        var search = DashboardSearch()
        search.query = "overview 777"
        let start = MonotonicTime.nanoseconds()
        let hits = try await store.search(search)
        let milliseconds = Double(MonotonicTime.nanoseconds() - start) / 1e6
        print("search over 10,000 dashboards: \(milliseconds) ms")
        #expect(hits.count == 19)
    }

    @Test func keepsItsDatabaseWhereGrafanaHasIt() async throws {
        let folder = TemporaryFolder()
        let place = GrafanaDatabase.place(inDataFolder: folder.path)
        #expect(place.path == folder.path + "/grafana.db" && place.isNew && place.original == nil)
        _ = try DashboardStore(path: place.path)
        let again = GrafanaDatabase.place(inDataFolder: folder.path)
        #expect(again.path == place.path && !again.isNew && again.original == nil)
    }

    @Test func canonicalFormIsStable() throws {
        let a = try #require(
            try JSONValue.parse(
                #"{"panels":[{"z":1,"type":"stat","a":2,"title":"x"}],"title":"T","uid":"u"}"#
            ).object)
        let b = try #require(
            try JSONValue.parse(
                #"{"uid":"u","title":"T","panels":[{"title":"x","a":2,"z":1,"type":"stat"}]}"#
            ).object)
        #expect(CanonicalJSON.bytes(a) == CanonicalJSON.bytes(b))
        #expect(try JSONValue.parse(CanonicalJSON.bytes(a)).object == a)
    }

    @Test(.enabled(if: SharedFolders.dashboards != nil)) func checksAFolder() throws {
        var checks: [DashboardCheck] = []
        let count = DashboardCheck.run(try #require(SharedFolders.dashboards), each: { checks.append($0) })
        #expect(count == 5)
        #expect(checks.count == 5)
        #expect(checks.allSatisfy { $0.failure == nil && $0.unsupported.isEmpty && $0.panels > 0 })
        for check in checks { print(check.line) }
    }
}
