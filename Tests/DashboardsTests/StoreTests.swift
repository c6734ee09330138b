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

    /// Alert rules and who is told, as Grafana 11 stores them.
    @Test func takesOverAlerting() async throws {
        let folder = TemporaryFolder()
        let old = try DatabaseQueue(path: folder.path + "/grafana.db")
        let data =
            #"[{"refId":"A","queryType":"","relativeTimeRange":{"from":600,"to":0},"datasourceUid":"p","#
            + #""model":{"expr":"up","refId":"A"}},{"refId":"C","datasourceUid":"__expr__","#
            + #""relativeTimeRange":{"from":0,"to":0},"model":{"type":"threshold","expression":"A","refId":"C","#
            + #""conditions":[{"evaluator":{"type":"gt","params":[0]}}]}}]"#
        let configuration =
            #"{"template_files":{"t":"{{ define \"t\" }}x{{ end }}"},"alertmanager_config":{"route":"#
            + #"{"receiver":"grafana-default-email","group_by":["alertname"],"routes":[{"receiver":"team","#
            + #""object_matchers":[["team","=","a"]],"mute_time_intervals":["nights"]}]},"#
            + #""mute_time_intervals":[{"name":"nights","time_intervals":[{"times":"#
            + #"[{"start_time":"00:00","end_time":"06:00"}]}]}],"receivers":[{"name":"grafana-default-email","#
            + #""grafana_managed_receiver_configs":[{"uid":"e","name":"email","type":"email","#
            + #""settings":{"addresses":"<example@email.com>"}}]},{"name":"team","#
            + #""grafana_managed_receiver_configs":[{"uid":"s","name":"team","type":"slack","#
            + #""settings":{"recipient":"x"},"secureSettings":{"url":"ZW5j"}},{"uid":"w","name":"team","#
            + #""type":"webhook","settings":{"url":"http://hook"},"secureSettings":{}}]}]}}"#
        try await old.write { database in
            for statement in [
                "CREATE TABLE user (id INTEGER PRIMARY KEY, login TEXT, email TEXT, name TEXT, password TEXT, salt TEXT, is_admin BOOL, is_service_account BOOL)",
                "CREATE TABLE org_user (user_id INTEGER, org_id INTEGER, role TEXT)",
                "CREATE TABLE data_source (id INTEGER PRIMARY KEY, org_id INTEGER, uid TEXT, name TEXT)",
                "CREATE TABLE dashboard (id INTEGER PRIMARY KEY, org_id INTEGER, uid TEXT, title TEXT, data TEXT, is_folder BOOL, folder_id INTEGER)",
                "INSERT INTO dashboard VALUES (1, 1, 'f', 'Folder', '{}', 1, 0)",
                "CREATE TABLE alert_rule (id INTEGER PRIMARY KEY, org_id INTEGER, title TEXT, condition TEXT, data TEXT, interval_seconds INTEGER, uid TEXT, namespace_uid TEXT, rule_group TEXT, rule_group_idx INTEGER, no_data_state TEXT, exec_err_state TEXT, `for` INTEGER, annotations TEXT, labels TEXT, dashboard_uid TEXT, panel_id INTEGER, is_paused BOOL, notification_settings TEXT, record TEXT)",
                "CREATE TABLE alert_configuration (id INTEGER PRIMARY KEY, alertmanager_configuration TEXT, org_id INTEGER)",
                "CREATE TABLE provenance_type (id INTEGER PRIMARY KEY, org_id INTEGER, record_key TEXT, record_type TEXT, provenance TEXT)",
                "INSERT INTO provenance_type VALUES (1, 1, 'r2', 'alertRule', 'api')",
            ] { try database.execute(sql: statement) }
            try database.execute(
                sql: "INSERT INTO alert_configuration VALUES (1, '{}', 1), (2, ?, 1)",
                arguments: [configuration])
            for (uid, index, place, record) in [
                ("r1", 2, "f", ""), ("r2", 1, "f", ""), ("r3", 3, "gone", ""),
                ("r4", 4, "f", #"{"metric":"m"}"#),
            ] {
                try database.execute(
                    sql: "INSERT INTO alert_rule (org_id, title, condition, data, interval_seconds, uid, "
                        + "namespace_uid, rule_group, rule_group_idx, no_data_state, exec_err_state, `for`, "
                        + "annotations, labels, dashboard_uid, panel_id, is_paused, notification_settings, record) "
                        + "VALUES (1, ?, 'C', ?, 30, ?, ?, 'g', ?, 'OK', 'Alerting', 300000000000, "
                        + "'{\"summary\":\"s\"}', '{\"team\":\"a\"}', 'd', 7, 1, "
                        + "'[{\"receiver\":\"team\",\"group_wait\":\"10s\"}]', ?)",
                    arguments: ["Rule " + uid, data, uid, place, index, record])
            }
        }
        let store = try DashboardStore(path: folder.path + "/d.db")
        let summary = try await GrafanaDatabase.take(from: folder.path + "/grafana.db", into: store)
        #expect(summary.alertRules == 2 && summary.contactPoints == 2)
        #expect(summary.notes.count == 3, "\(summary.notes)")
        #expect(summary.notes.contains("contact point team (slack): enter its secrets anew"))
        let rules = try await store.alertRules()
        #expect(rules.map(\.uid) == ["r2", "r1"])
        let rule = try #require(rules.first)
        #expect(rule.interval == 30 && rule.pending == 300_000 && rule.isPaused && rule.receiver == "team")
        #expect(rule.noDataAction == .ok && rule.errorAction == .alerting && rule.labels == ["team": "a"])
        #expect(
            rule.annotations == ["summary": "s", "__dashboardUid__": "d", "__panelId__": "7"])
        #expect(rule.provenance == .api && rules.last?.provenance == Provenance.none)
        #expect(try await store.notificationTemplates().map(\.name) == ["t"])
        #expect(try await store.muteTimings().map(\.name) == ["nights"])
        let policy = try await store.notificationPolicy().policy
        #expect(policy.receiver == "grafana-default-email" && policy.children.first?.receiver == "team")
        // Once more changes nothing.
        let again = try await GrafanaDatabase.take(from: folder.path + "/grafana.db", into: store)
        #expect(again.alertRules == 0 && again.contactPoints == 0)
        #expect(try await store.alertRules().count == 2)
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
