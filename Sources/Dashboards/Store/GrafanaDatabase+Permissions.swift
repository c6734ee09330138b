// Teams, and who may use folders and dashboards. What was closed there must not be open here, so what
// cannot be understood closes.
extension GrafanaDatabase {
    /// Logins of the people of the file by their number there.
    private static func logins(_ contents: Contents) -> [String: String] {
        Dictionary(
            contents.users.compactMap { row in
                guard let id = row["id"], let login = row["login"] else { return nil }
                return (id, login)
            }, uniquingKeysWith: { first, _ in first })
    }

    static func takeTeams(_ contents: Contents, _ store: DashboardStore, _ summary: inout Summary) async {
        let logins = logins(contents)
        for row in contents.teams {
            let name = row["name"] ?? ""
            do throws(DashboardsError) {
                let team = try await store.addTeam(name: name, email: row["email"] ?? "")
                var members: [(userID: Int64, isAdmin: Bool)] = []
                for member in contents.members where member["team_id"] == row["id"] {
                    guard let login = logins[member["user_id"] ?? ""],
                        let user = try await store.user(loginOrEmail: login)
                    else { continue }
                    members.append((user.id, member["permission"] == "4"))
                }
                try await store.setTeamMembers(team: team.id, members: members)
            } catch {
                summary.notes.append("team \(name): \(error.message)")
            }
        }
    }

    /// Sets the lists of what was taken over. Where the file has lists at all, a folder or dashboard
    /// without one is closed there.
    static func takePermissions(
        _ contents: Contents, _ store: DashboardStore, _ summary: inout Summary
    ) async {
        guard !contents.permissions.isEmpty else {
            if contents.hasOldPermissions {
                summary.notes.append(
                    "permissions of folders and dashboards are of a Grafana before 9 and are not taken over: set them anew"
                )
            }
            return
        }
        var lists: [String: [Grant]] = [:]
        var dropped = 0
        let logins = logins(contents)
        let teams = Dictionary(
            contents.teams.map { ($0["id"] ?? "", $0["name"] ?? "") }, uniquingKeysWith: { first, _ in first }
        )
        let ours = (try? await store.teams()) ?? []
        for row in contents.permissions {
            guard let scope = row["scope"], let level = level(row["action"] ?? "") else { continue }
            let parts = (row["name"] ?? "").split(separator: ":").map(String.init)
            guard parts.count == 4 else { continue }
            var grantee: Grantee?
            switch parts[1] {
            case "builtins":
                grantee = Role.allCases.first { $0.rawValue.lowercased() == parts[2] }.map { .role($0) }
            case "teams":
                let name = teams[parts[2]]
                grantee = ours.first { $0.name == name }.map { .team(id: $0.id) }
            case "users":
                if let login = logins[parts[2]],
                    let user = try? await store.user(loginOrEmail: login)
                {
                    grantee = .user(id: user.id)
                }
            default: break
            }
            guard let grantee else {
                dropped += 1
                continue
            }
            lists[scope, default: []].append(Grant(grantee, level))
        }
        let folders = contents.takenFolders.map { (Guarded.folder(uid: $0), "folders:uid:" + $0) }
        let dashboards = contents.takenDashboards.map { (Guarded.dashboard(uid: $0), "dashboards:uid:" + $0) }
        for (guarded, scope) in folders + dashboards {
            do throws(DashboardsError) {
                try await store.takePermissions(Grant.merged(lists[scope] ?? []), of: guarded)
            } catch {
                summary.notes.append("permissions of \(scope): \(error.message)")
            }
        }
        if dropped > 0 {
            summary.notes.append(
                "\(dropped) permissions of service accounts and of others who are not here were left out")
        }
    }

    /// The level that an action of access control is part of; nil for those that come along with others.
    private static func level(_ action: String) -> PermissionLevel? {
        switch action {
        case "folders:read", "folders:view", "dashboards:read", "dashboards:view": .view
        case "folders:write", "folders:edit", "dashboards:write", "dashboards:edit": .edit
        case "folders.permissions:write", "folders:admin", "dashboards.permissions:write",
            "dashboards:admin":
            .admin
        default: nil
        }
    }
}
