import Dashboards
import Hummingbird
import JSON
import WebServer

extension DashboardServer {
    private static func json(_ team: Team, isAdmin: Bool) -> JSONObject {
        [
            "id": .number(Int(team.id)), "uid": .string(team.uid), "orgId": 1, "name": .string(team.name),
            "email": .string(team.email), "avatarUrl": "", "memberCount": .number(team.memberCount),
            "permission": isAdmin ? 4 : 0, "isProvisioned": false, "externalUID": "", "accessControl": .null,
        ]
    }

    private func isUnlimited(_ call: Call) -> Bool { call.caller.map(Permissions.isUnlimited) ?? false }

    /// The team that the path names by number or uid. Members may look, its administrators change it.
    ///
    /// - Throws: 404, 403.
    private func team(_ call: Call, toChange: Bool) async throws -> (team: Team, isAdmin: Bool) {
        guard let team = try await store.team(try call.parameter("id")) else {
            throw APIError(.notFound, "Team not found")
        }
        if isUnlimited(call) { return (team, true) }
        let member = try await store.teamMember(team: team.id, userID: try call.user.id)
        guard let member, member.isAdmin || !toChange else {
            throw APIError.forbidden(toChange ? "teams:write" : "teams:read")
        }
        return (team, member.isAdmin)
    }

    // MARK: - Teams

    /// Administrators, and those who say who may use a folder or dashboard, see all teams; others their own.
    @Sendable func searchTeams(_ call: Call) async throws -> Response {
        let seesAll = try await store.administersSomething(try await permissions(of: call))
        let query = call.query
        let all = try await store.teams(
            matching: query["query"] ?? "", of: seesAll ? nil : try call.user.id
        ).filter { query["name"] == nil || $0.name == query["name"] }
        let size = Int(min(max(query.number("perpage") ?? 1000, 1), 1000))
        let page = Int(min(max(query.number("page") ?? 1, 1), 100_000))
        let isAdmin = isUnlimited(call)
        return .json([
            "totalCount": .number(all.count),
            "teams": .array(
                all.dropFirst((page - 1) * size).prefix(size).map {
                    .object(DashboardServer.json($0, isAdmin: isAdmin))
                }),
            "page": .number(page), "perPage": .number(size),
        ])
    }

    @Sendable func addTeam(_ call: Call) async throws -> Response {
        let body = try await call.json()
        let team = try await store.addTeam(name: body.text("name") ?? "", email: body.text("email") ?? "")
        return .json([
            "teamId": .number(Int(team.id)), "uid": .string(team.uid), "message": "Team created",
        ])
    }

    @Sendable func team(_ call: Call) async throws -> Response {
        let (team, isAdmin) = try await team(call, toChange: false)
        return .json(.object(DashboardServer.json(team, isAdmin: isAdmin)))
    }

    @Sendable func updateTeam(_ call: Call) async throws -> Response {
        var (team, _) = try await team(call, toChange: true)
        let body = try await call.json()
        team.name = body.text("name") ?? team.name
        team.email = body.text("email") ?? team.email
        try await store.updateTeam(team)
        return .message("Team updated")
    }

    @Sendable func deleteTeam(_ call: Call) async throws -> Response {
        try await store.deleteTeam(id: try await team(call, toChange: true).team.id)
        return .message("Team deleted")
    }

    private func teams(of userID: Int64) async throws -> JSONValue {
        var result: [JSONValue] = []
        for team in try await store.teams(of: userID) {
            let member = try await store.teamMember(team: team.id, userID: userID)
            result.append(.object(DashboardServer.json(team, isAdmin: member?.isAdmin ?? false)))
        }
        return .array(result)
    }

    @Sendable func ownTeams(_ call: Call) async throws -> Response {
        .json(try await teams(of: try call.user.id))
    }

    @Sendable func teamsOfUser(_ call: Call) async throws -> Response {
        guard let user = try await store.user(id: try call.number("id")) else {
            throw APIError(.notFound, "user not found")
        }
        return .json(try await teams(of: user.id))
    }

    // MARK: - Members

    @Sendable func teamMembers(_ call: Call) async throws -> Response {
        let (team, _) = try await team(call, toChange: false)
        return .json(
            .array(
                try await store.teamMembers(id: team.id).map { member in
                    [
                        "orgId": 1, "teamId": .number(Int(team.id)), "teamUID": .string(team.uid),
                        "userId": .number(Int(member.user.id)), "userUID": .string(member.user.uid),
                        "auth_module": "", "email": .string(member.user.email),
                        "name": .string(member.user.name), "login": .string(member.user.login),
                        "avatarUrl": "", "labels": [], "permission": member.isAdmin ? 4 : 0,
                    ]
                }))
    }

    @Sendable func addTeamMember(_ call: Call) async throws -> Response {
        let (team, _) = try await team(call, toChange: true)
        let body = try await call.json()
        guard let id = body.whole("userId"), id > 0 else {
            throw APIError(.badRequest, "bad request data: want userId")
        }
        do {
            try await store.addTeamMember(
                team: team.id, userID: Int64(id), isAdmin: body.whole("permission") == 4)
        } catch let error where error.kind == .exists {
            throw APIError(.badRequest, error.message)
        }
        return .message("Member added to Team")
    }

    /// Replaces all members: those that are named by login or e-mail address.
    @Sendable func setTeamMembers(_ call: Call) async throws -> Response {
        let (team, _) = try await team(call, toChange: true)
        let body = try await call.json()
        var members: [(userID: Int64, isAdmin: Bool)] = []
        for (list, isAdmin) in [("members", false), ("admins", true)] {
            for name in body.list(list).prefix(10_001).compactMap(\.string) {
                let user = try await store.user(loginOrEmail: name)
                guard let user else { throw APIError(.notFound, "user \(name) not found") }
                members.append((user.id, isAdmin))
            }
        }
        try await store.setTeamMembers(team: team.id, members: members)
        return .message("Team memberships have been updated")
    }

    @Sendable func updateTeamMember(_ call: Call) async throws -> Response {
        let (team, _) = try await team(call, toChange: true)
        let permission = try await call.json().whole("permission") ?? 0
        guard permission == 0 || permission == 4 else {
            throw APIError(.badRequest, "bad request data: permission is 0 (Member) or 4 (Admin)")
        }
        try await store.updateTeamMember(
            team: team.id, userID: try call.number("userID"), isAdmin: permission == 4)
        return .message("Team member updated")
    }

    @Sendable func removeTeamMember(_ call: Call) async throws -> Response {
        let (team, _) = try await team(call, toChange: true)
        try await store.removeTeamMember(team: team.id, userID: try call.number("userID"))
        return .message("Team Member removed")
    }

    // MARK: - Preferences

    @Sendable func teamPreferences(_ call: Call) async throws -> Response {
        let (team, _) = try await team(call, toChange: false)
        return .json(.object(try await store.preferences(of: "team:\(team.id)")))
    }

    @Sendable func setTeamPreferences(_ call: Call) async throws -> Response {
        try await setPreferences(call, of: "team:\(try await team(call, toChange: true).team.id)")
    }
}
