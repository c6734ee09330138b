import GRDB
import JSON

/// Takes users, teams, data sources, folders and dashboards with their permissions, and alerting over from a
/// grafana.db (SQLite).
public enum GrafanaDatabase {
    /// What was taken over, and what could not be.
    public struct Summary: Sendable, Equatable {
        public internal(set) var users = 0
        public internal(set) var dataSources = 0
        public internal(set) var folders = 0
        public internal(set) var dashboards = 0
        public internal(set) var alertRules = 0
        public internal(set) var contactPoints = 0
        /// One sentence each.
        public internal(set) var notes: [String] = []

        /// `2 users, 1 data sources, 3 folders, 40 dashboards, 5 alert rules, 2 contact points, 1 notes`
        public var line: String {
            "\(users) users, \(dataSources) data sources, \(folders) folders, \(dashboards) dashboards, "
                + "\(alertRules) alert rules, \(contactPoints) contact points, \(notes.count) notes"
        }
    }

    /// Where a data folder keeps the dashboards' database.
    public struct Place: Sendable {
        /// Ours.
        public let path: String
        /// Whether it is not there yet.
        public let isNew: Bool
        /// Grafana's own database, when the folder was Grafana's.
        public let original: String?
    }

    /// The database of a data folder: `grafana.db`, or `martlet.db` where Grafana's own has that name.
    public static func place(inDataFolder folder: String) -> Place {
        let first = folder + "/grafana.db"
        let isOriginal = isOriginal(first)
        let path = isOriginal ? folder + "/martlet.db" : first
        return Place(path: path, isNew: !FileTree.isThere(path), original: isOriginal ? first : nil)
    }

    /// Whether a file is a database that Grafana made.
    static func isOriginal(_ path: String) -> Bool {
        guard FileTree.isThere(path) else { return false }
        var configuration = Configuration()
        configuration.readonly = true
        let found = try? DatabaseQueue(path: path, configuration: configuration).read {
            try Int.fetchOne(
                $0, sql: "SELECT count(*) FROM sqlite_master WHERE name IN ('migration_log', 'org_user')")
        }
        return found ?? 0 > 0
    }

    struct Contents: Sendable {
        var users: [[String: String]] = []
        var dataSources: [[String: String]] = []
        var dashboards: [[String: String]] = []
        /// uid of a folder and of the one that it is in.
        var parents: [String: String] = [:]
        var teams: [[String: String]] = []
        var members: [[String: String]] = []
        var permissions: [[String: String]] = []
        var alerting = Alerting()
        /// Permissions in the form before Grafana 9.
        var hasOldPermissions = false
        /// uids that were not here before.
        var takenFolders: [String] = []
        var takenDashboards: [String] = []
    }

    /// What is there already stays: users by login, data sources by name, dashboards, alert rules and contact
    /// points by uid. Passwords go on working; secrets of data sources and contact points are encrypted with the
    /// original's key and must be entered anew.
    ///
    /// - Throws: `storage` when the file cannot be read.
    public static func take(
        from path: String, into store: DashboardStore
    ) async throws(DashboardsError) -> Summary {
        var contents = try await read(path)
        var summary = Summary()
        await takeUsers(contents.users, store, &summary)
        await takeDataSources(contents.dataSources, store, &summary)
        await takeDashboards(&contents, store, &summary)
        await takeTeams(contents, store, &summary)
        await takePermissions(contents, store, &summary)
        await takeAlerting(contents.alerting, store, &summary)
        return summary
    }

    private static func read(_ path: String) async throws(DashboardsError) -> Contents {
        var configuration = Configuration()
        configuration.readonly = true
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            return try await queue.read { database in
                func rows(_ sql: String) throws -> [[String: String]] {
                    try Row.fetchAll(database, sql: sql).map { row in
                        var result: [String: String] = [:]
                        for (column, value) in row {
                            result[column] =
                                String.fromDatabaseValue(value) ?? Int64.fromDatabaseValue(value).map(
                                    String.init) ?? Self.text(value)
                        }
                        return result
                    }
                }
                var contents = Contents()
                contents.users = try rows(
                    "SELECT u.id, u.login, u.email, u.name, u.password, u.salt, u.is_admin, o.role FROM user u "
                        + "LEFT JOIN org_user o ON o.user_id = u.id AND o.org_id = 1 "
                        + "WHERE coalesce(u.is_service_account, 0) = 0 LIMIT 100000")
                contents.dataSources = try rows("SELECT * FROM data_source WHERE org_id = 1 LIMIT 10000")
                contents.dashboards = try rows(
                    "SELECT d.*, f.uid AS parent_uid FROM dashboard d LEFT JOIN dashboard f ON f.id = d.folder_id "
                        + "AND f.is_folder = 1 WHERE d.org_id = 1 ORDER BY d.is_folder DESC, d.id LIMIT 100000"
                )
                if try database.tableExists("folder") {
                    for row in try rows("SELECT uid, parent_uid FROM folder WHERE org_id = 1 LIMIT 100000") {
                        contents.parents[row["uid"] ?? ""] = row["parent_uid"] ?? ""
                    }
                }
                if try database.tableExists("team"), try database.tableExists("team_member") {
                    contents.teams = try rows("SELECT id, name, email FROM team WHERE org_id = 1 LIMIT 10000")
                    contents.members = try rows(
                        "SELECT team_id, user_id, permission FROM team_member WHERE org_id = 1 LIMIT 1000000")
                }
                if try database.tableExists("permission"), try database.tableExists("role") {
                    contents.permissions = try rows(
                        "SELECT r.name, p.action, p.scope FROM permission p JOIN role r ON r.id = p.role_id "
                            + "WHERE r.org_id = 1 AND r.name LIKE 'managed:%' AND (p.scope LIKE "
                            + "'folders:uid:%' OR p.scope LIKE 'dashboards:uid:%') LIMIT 10000000")
                }
                contents.alerting = try readAlerting({ try database.tableExists($0) }, rows)
                if try database.tableExists("dashboard_acl") {
                    contents.hasOldPermissions =
                        try Int.fetchOne(
                            database, sql: "SELECT 1 FROM dashboard_acl WHERE dashboard_id > 0 LIMIT 1")
                        != nil
                }
                return contents
            }
        } catch {
            throw DashboardsError(.storage, "cannot read \(path) as a grafana.db: \(error)")
        }
    }

    private static func text(_ value: DatabaseValue) -> String {
        if case .blob(let data) = value.storage { return String(decoding: data, as: UTF8.self) }
        return ""
    }

    private static func takeUsers(
        _ rows: [[String: String]], _ store: DashboardStore, _ summary: inout Summary
    ) async {
        for row in rows {
            guard let login = row["login"], let password = row["password"], let salt = row["salt"] else {
                continue
            }
            do throws(DashboardsError) {
                _ = try await store.addUser(
                    login: login, email: row["email"] ?? "", name: row["name"] ?? "",
                    passwordHash: PasswordHash.fromGrafana(password: password, salt: salt),
                    role: Role(rawValue: row["role"] ?? "") ?? .viewer, isServerAdmin: row["is_admin"] == "1")
                summary.users += 1
            } catch {
                summary.notes.append("user \(login): \(error.message)")
            }
        }
    }

    private static func takeDataSources(
        _ rows: [[String: String]], _ store: DashboardStore, _ summary: inout Summary
    ) async {
        for row in rows {
            var source = DataSource(
                uid: row["uid"] ?? "", name: row["name"] ?? "", type: row["type"] ?? "",
                url: row["url"] ?? "",
                settings: (try? JSONValue.parse(row["json_data"] ?? "{}"))?.object ?? [:])
            source.access = row["access"] ?? "proxy"
            source.basicAuth = row["basic_auth"] == "1"
            source.basicAuthUser = row["basic_auth_user"] ?? ""
            source.isDefault = row["is_default"] == "1"
            do throws(DashboardsError) {
                _ = try await store.addDataSource(source)
                summary.dataSources += 1
                if let secrets = row["secure_json_data"], secrets.utf8.count > 4 {
                    summary.notes.append("data source \(source.name): enter its secrets anew")
                }
            } catch {
                summary.notes.append("data source \(source.name): \(error.message)")
            }
        }
    }

    private static func takeDashboards(
        _ contents: inout Contents, _ store: DashboardStore, _ summary: inout Summary
    ) async {
        for row in contents.dashboards {
            let (uid, title) = (row["uid"] ?? "", row["title"] ?? "")
            let parent = row["folder_uid"].flatMap { $0.isEmpty ? nil : $0 } ?? row["parent_uid"] ?? ""
            do throws(DashboardsError) {
                if row["is_folder"] == "1" {
                    _ = try await store.addFolder(uid: uid, title: title, parent: "", by: "")
                    summary.folders += 1
                    contents.takenFolders.append(uid)
                    if contents.parents[uid] == nil { contents.parents[uid] = row["folder_uid"] ?? "" }
                    continue
                }
                guard try await store.dashboardRecord(uid: uid) == nil else {
                    throw DashboardsError(.exists, "is here already")
                }
                guard case .object(var document)? = try? JSONValue.parse(row["data"] ?? "") else {
                    throw DashboardsError(.invalidInput, "its document is no JSON")
                }
                document["uid"] = .string(uid)
                document["id"] = nil
                let folder = parent.isEmpty ? "" : try await store.folder(uid: parent)?.uid ?? ""
                var save = DashboardSave(document: document, folder: folder)
                save.message = "Taken over from Grafana"
                _ = try await store.saveDashboard(save)
                summary.dashboards += 1
                contents.takenDashboards.append(uid)
            } catch {
                summary.notes.append("dashboard \(title): \(error.message)")
            }
        }
        // Once all are there.
        for uid in contents.takenFolders {
            guard let parent = contents.parents[uid], !parent.isEmpty else { continue }
            do throws(DashboardsError) {
                _ = try await store.updateFolder(uid: uid, parent: parent, by: "")
            } catch {
                summary.notes.append("folder \(uid): \(error.message)")
            }
        }
    }
}
