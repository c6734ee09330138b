import Dashboards
import HTTPTypes
import JSON
import Testing

@testable import DashboardServer

/// What is closed by a list of permissions stays closed on every way that leads there.
@Suite struct PermissionRouteTests {
    /// A site with a closed folder, in it a dashboard, a subfolder, a library panel and an annotation, and
    /// the same in an open one; a Viewer, an Editor and an administrator.
    private struct Scene {
        let site: Site
        var annotation: Int
        var element: String
        var dashboardID: Int
        var folderID: Int

        static func make() async throws -> Scene {
            let site = try await Site()
            try await site.addUser("viewer", .viewer)
            try await site.addUser("editor", .editor)
            try await site.addUser("boss", .admin)
            var scene = Scene(site: site, annotation: 0, element: "", dashboardID: 0, folderID: 0)
            for name in ["open", "closed"] {
                let folder = try await site.send(
                    .post, "/api/folders", ["uid": .string(name), "title": .string(name.uppercased())])
                _ = try await site.send(
                    .post, "/api/folders",
                    [
                        "uid": .string(name + "-sub"), "title": .string("SUB-" + name),
                        "parentUid": .string(name),
                    ])
                let saved = try await site.send(
                    .post, "/api/dashboards/db",
                    [
                        "dashboard": [
                            "uid": .string("d-" + name), "title": .string("Board \(name)"),
                            "tags": [.string("tag-" + name)], "panels": [],
                        ], "folderUid": .string(name + "-sub"),
                    ])
                let note = try await site.send(
                    .post, "/api/annotations",
                    [
                        "dashboardUID": .string("d-" + name), "text": .string("note-\(name)"), "time": 1,
                        "tags": [.string("mark-" + name)],
                    ])
                let element = try await site.send(
                    .post, "/api/library-elements",
                    [
                        "name": .string("panel-" + name), "uid": .string("lib-" + name),
                        "folderUid": .string(name),
                        "model": ["type": "text", "title": .string("model-" + name)],
                    ])
                scene.folderID = folder.json["id"]?.int ?? 0
                scene.dashboardID = saved.json["id"]?.int ?? 0
                scene.annotation = note.json["id"]?.int ?? 0
                scene.element = element.json["result"]?["uid"]?.string ?? ""
            }
            let rule = AlertingTests.rule(
                "CLOSED", uid: "d-closed", changes: [("folderUID", "closed")])
            let added = try await site.send(.post, AlertingTests.base + "/alert-rules", rule)
            #expect(added.status == 201, "\(added.text)")
            let closed = try await site.send(.post, "/api/folders/closed/permissions", ["items": []])
            #expect(closed.status == 200)
            return scene
        }

        func id(_ login: String) async throws -> Int {
            Int(try await site.server.store.user(loginOrEmail: login)?.id ?? 0)
        }
    }

    // MARK: - Every way in

    /// Each route that asks for a permission, on what is closed, as an Editor.
    @Test func everyRouteKeepsWhatIsClosed() async throws {
        let scene = try await Scene.make()
        let site = scene.site
        // An open team: its routes ask for a team, which the Editor does not belong to.
        let team = try await site.send(.post, "/api/teams", ["name": "Crew"])
        let teamID = try #require(team.json["teamId"]?.int)
        let bodies: [String: JSONValue] = [
            "/api/dashboards/db": ["dashboard": ["uid": "d-closed", "title": "Taken"], "overwrite": true],
            "/api/dashboards/import": [
                "dashboard": ["uid": "d-closed", "title": "Taken"], "overwrite": true, "folderUid": "open",
            ],
            "/api/folders": ["title": "New", "parentUid": "closed"],
            "/api/annotations": ["dashboardUID": "d-closed", "text": "x"],
            "/api/library-elements": ["name": "x", "model": [:], "folderUid": "closed"],
            AlertingTests.base + "/alert-rules": AlertingTests.rule(
                "New", changes: [("folderUID", "closed")]),
        ]
        for route in site.server.routes where route.access == .permitted {
            // Names for whoever gives permissions: an Editor who made nothing does not.
            for resource in ["folders", "dashboards"] {
                let isFolder = route.path.contains("/folder") || resource == "folders"
                let isElement = route.path.contains("library-elements")
                let id =
                    route.path.contains("annotations")
                    ? scene.annotation
                    : route.path.contains("/teams/{id}")
                        ? teamID : route.path.contains("folders/id") ? scene.folderID : scene.dashboardID
                let uid =
                    isElement
                    ? scene.element
                    : route.path.contains("{resource}")
                        ? (isFolder ? "closed" : "d-closed")
                        : route.path.contains("/folders/") || route.path.contains("/folder/")
                            ? "closed" : "d-closed"
                let path = route.path.replacing("{id}", with: "\(id)").replacing("{uid}", with: uid)
                    .replacing("{resource}", with: resource).replacing("{version}", with: "1")
                    .replacing("{name}", with: "Editor").replacing("{userID}", with: "1")
                let body: JSONValue? =
                    route.method == .get || route.method == .delete
                    ? nil
                    : bodies[route.path] ?? [
                        "items": [], "permissions": [], "permission": "Admin", "title": "x",
                        "overwrite": true, "version": 1, "text": "x", "name": "x", "userId": 1,
                    ]
                let answer = try await site.send(route.method, path, body, as: "editor")
                #expect(
                    answer.status == 403 || answer.status == 404,
                    "\(route.method) \(path): \(answer.status) \(answer.text.prefix(200))")
                #expect(!answer.text.contains("CLOSED") && !answer.text.contains("Board closed"), "\(path)")
            }
        }
        // Nothing has changed.
        let board = try await site.send(.get, "/api/dashboards/uid/d-closed")
        #expect(board.json["dashboard"]?["title"]?.string == "Board closed")
        #expect(board.json["meta"]?["version"]?.int == 1)
        #expect(try await site.send(.get, "/api/folders/closed").json["title"]?.string == "CLOSED")
        #expect(try await site.send(.get, "/api/folders/closed/permissions").json.array?.isEmpty == true)
    }

    /// Whatever a list answers, nothing of what is closed is in it.
    @Test func noListTellsOfWhatIsClosed() async throws {
        let scene = try await Scene.make()
        let site = scene.site
        _ = try await site.send(
            .post, "/api/playlists",
            [
                "name": "All",
                "items": [["type": "dashboard_by_uid", "value": "d-closed", "title": "Board closed"]],
            ])
        _ = try await site.send(.post, "/api/user/stars/dashboard/uid/d-closed")
        _ = try await site.send(.put, "/api/org/preferences", ["homeDashboardUID": "d-closed"])
        let paths = [
            "/api/search", "/api/search?query=closed", "/api/search?tag=tag-closed",
            "/api/search?folderUIDs=closed", "/api/search?folderUIDs=closed-sub",
            "/api/search?dashboardUIDs=d-closed", "/api/search?type=dash-folder", "/api/search?starred=true",
            "/api/search?sort=alpha-desc&limit=1&page=3", "/api/dashboards/tags", "/api/folders",
            "/api/folders?parentUid=closed", "/api/folders?permission=Edit", "/api/annotations",
            "/api/annotations?dashboardUID=d-closed", "/api/annotations?tags=mark-closed",
            "/api/annotations/tags", "/api/library-elements", "/api/library-elements?searchString=closed",
            "/api/playlists", "/api/dashboards/home", "/api/access-control/user/permissions",
            "/d/d-closed/board-closed", "/dashboards/f/closed",
        ]
        for path in paths {
            for login in ["viewer", "editor"] {
                let answer = try await site.send(.get, path, as: login)
                #expect(answer.status == 200, "\(path)")
                for word in ["closed", "CLOSED"] where !path.hasPrefix("/d/") {
                    let text =
                        path.hasPrefix("/api/playlists")
                        ? answer.text.replacing("\"value\":\"d-closed\"", with: "") : answer.text
                    #expect(!text.contains(word), "\(path) as \(login): \(answer.text.prefix(300))")
                }
            }
            // The same question finds it for an administrator, so that the test would see a leak.
            let all = try await site.send(.get, path, as: "admin")
            #expect(all.status == 200, "\(path)")
        }
        let everything = try await site.send(.get, "/api/search")
        #expect(everything.text.contains("d-closed") && everything.text.contains("closed-sub"))
        #expect(try await site.send(.get, "/api/annotations").text.contains("note-closed"))
        #expect(try await site.send(.get, "/api/library-elements").text.contains("panel-closed"))
        #expect(try await site.send(.get, "/api/dashboards/home").text.contains("d-closed"))
        #expect(try await site.send(.get, "/api/playlists").text.contains("Board closed"))
        let slug = try await site.send(.get, "/api/dashboards/db/board-closed", as: "editor")
        #expect(slug.status == 404)
        #expect(try await site.send(.get, "/api/dashboards/db/board-closed").status == 200)
        for login in ["viewer", "editor"] {
            let star = try await site.send(.post, "/api/user/stars/dashboard/uid/d-closed", as: login)
            #expect(star.status == 403)
        }
        let byName = try await site.send(.get, "/api/library-elements/name/panel-closed", as: "editor")
        #expect(byName.status == 404)
    }

    @Test func aRefusalIsWordedAsInTheOriginal() async throws {
        let scene = try await Scene.make()
        for path in ["/api/dashboards/uid/d-closed", "/api/folders/closed"] {
            let answer = try await scene.site.send(.get, path, as: "viewer")
            #expect(answer.status == 403)
            #expect(answer.json["title"]?.string == "Access denied")
            #expect(answer.json["accessErrorId"]?.string?.isEmpty == false)
            #expect(answer.json["message"]?.string?.hasPrefix("You'll need additional permissions") == true)
        }
        #expect(try await scene.site.send(.get, "/api/dashboards/uid/none", as: "viewer").status == 404)
        #expect(try await scene.site.send(.get, "/api/folders/none", as: "viewer").status == 404)
    }

    // MARK: - What a permission opens

    @Test func aViewerWithEditWorksInTheFolder() async throws {
        let scene = try await Scene.make()
        let site = scene.site
        let viewer = try await scene.id("viewer")
        let set = try await site.send(
            .post, "/api/folders/closed/permissions",
            ["items": [["userId": .number(viewer), "permission": 2]]])
        #expect(set.json["message"]?.string == "Folder permissions updated")
        let board = try await site.send(.get, "/api/dashboards/uid/d-closed", as: "viewer")
        #expect(board.status == 200)
        let meta = try #require(board.json["meta"])
        for (name, expected) in [
            ("canSave", true), ("canEdit", true), ("canDelete", true), ("canAdmin", false),
        ] {
            #expect(meta[name]?.bool == expected, "\(name)")
        }
        let folder = try await site.send(.get, "/api/folders/closed", as: "viewer")
        #expect(folder.json["canSave"]?.bool == true && folder.json["canAdmin"]?.bool == false)
        #expect(folder.json["hasAcl"]?.bool == true)
        func save(_ uid: String, _ folder: String) async throws -> Int {
            try await site.send(
                .post, "/api/dashboards/db",
                ["dashboard": ["uid": .string(uid), "title": .string(uid)], "folderUid": .string(folder)],
                as: "viewer"
            ).status
        }
        #expect(try await save("fresh", "closed") == 200)
        #expect(try await save("fresh2", "open") == 403)
        #expect(try await save("fresh3", "") == 403)
        let sub = try await site.send(
            .post, "/api/folders", ["uid": "mine", "title": "Mine", "parentUid": "closed"], as: "viewer")
        #expect(sub.status == 200 && sub.json["canAdmin"]?.bool == true)
        #expect(try await site.send(.post, "/api/folders", ["title": "x"], as: "viewer").status == 403)
        // What it made it may open to others, the folder that it was given it may not.
        let editor = try await scene.id("editor")
        let item: JSONValue = ["items": [["userId": .number(editor), "permission": 1]]]
        #expect(try await site.send(.post, "/api/folders/mine/permissions", item, as: "viewer").status == 200)
        #expect(
            try await site.send(.post, "/api/folders/closed/permissions", item, as: "viewer").status == 403)
        #expect(try await site.send(.get, "/api/folders/mine", as: "editor").status == 200)
        // And so it is told whom there is.
        let people = try await site.send(.get, "/api/org/users/lookup", as: "viewer")
        #expect(people.json.array?.contains { $0["login"]?.string == "boss" } == true)
        let listed = try await site.send(.get, "/api/folders", as: "editor")
        #expect(listed.json.array?.compactMap { $0["uid"]?.string }.sorted() == ["martlet", "mine", "open"])
        let moved = try await site.send(.post, "/api/folders/mine/move", ["parentUid": "open"], as: "viewer")
        #expect(moved.status == 403)
        #expect(try await site.send(.delete, "/api/dashboards/uid/fresh", as: "viewer").status == 200)
        #expect(try await site.send(.delete, "/api/dashboards/uid/d-open", as: "viewer").status == 403)
    }

    @Test func viewIsNoEdit() async throws {
        let scene = try await Scene.make()
        let site = scene.site
        _ = try await site.send(
            .post, "/api/dashboards/uid/d-closed/permissions",
            ["items": [["role": "Editor", "permission": 1]]])
        let board = try await site.send(.get, "/api/dashboards/uid/d-closed", as: "editor")
        #expect(board.status == 200)
        #expect(board.json["meta"]?["canSave"]?.bool == false)
        #expect(board.json["meta"]?["canDelete"]?.bool == false)
        // The folder stays unnamed.
        #expect(board.json["meta"]?["folderTitle"]?.string == "")
        #expect(!board.text.contains("SUB-closed"))
        let hits = try await site.send(.get, "/api/search?query=closed", as: "editor")
        #expect(hits.json.array?.count == 1 && hits.json[0]?["folderUid"]?.string == "sharedwithme")
        let shared = try await site.send(.get, "/api/search?folderUIDs=sharedwithme", as: "editor")
        #expect(shared.json.array?.compactMap { $0["uid"]?.string } == ["d-closed"])
        #expect(!shared.text.contains("SUB-closed"))
        #expect(try await site.send(.get, "/api/search?folderUIDs=sharedwithme").json.array?.isEmpty == true)
        let folders = try await site.send(.get, "/api/search?type=dash-folder&permission=Edit", as: "editor")
        #expect(folders.json.array?.allSatisfy { $0["type"]?.string == "dash-folder" } == true)
        #expect(folders.json.array?.contains { $0["uid"]?.string == "open-sub" } == true)
        let none = try await site.send(.get, "/api/search?type=dash-folder&permission=Edit", as: "viewer")
        #expect(none.json.array?.contains { $0["uid"]?.string == "open-sub" } == false)
        let refused: [(HTTPRequest.Method, String, JSONValue?)] = [
            (
                .post, "/api/dashboards/db",
                ["dashboard": ["uid": "d-closed", "title": "x"], "overwrite": true]
            ),
            (.delete, "/api/dashboards/uid/d-closed", nil),
            (.get, "/api/dashboards/uid/d-closed/versions", nil),
            (.post, "/api/annotations", ["dashboardUID": "d-closed", "text": "x"]),
            (.delete, "/api/annotations/\(scene.annotation)", nil),
            (.get, "/api/dashboards/uid/d-closed/permissions", nil),
        ]
        for (method, path, body) in refused {
            #expect(try await site.send(method, path, body, as: "editor").status == 403, "\(path)")
        }
        #expect(try await site.send(.get, "/api/annotations/\(scene.annotation)", as: "editor").status == 200)
        #expect(
            try await site.send(.post, "/api/user/stars/dashboard/uid/d-closed", as: "editor").status == 200)
        #expect(try await site.send(.get, "/api/search?starred=true", as: "editor").json.array?.count == 1)
        _ = try await site.send(.post, "/api/dashboards/uid/d-closed/permissions", ["items": []])
        #expect(
            try await site.send(.get, "/api/search?starred=true", as: "editor").json.array?.isEmpty == true)
    }

    /// A dashboard shows its library panels to all who see it, so naming one takes seeing it.
    @Test func aLibraryPanelIsNoWayRound() async throws {
        let scene = try await Scene.make()
        func save(_ element: String) async throws -> Int {
            try await scene.site.send(
                .post, "/api/dashboards/db",
                [
                    "dashboard": [
                        "uid": "mirror", "title": "Mirror",
                        "panels": [["id": 1, "libraryPanel": ["uid": .string(element)]]],
                    ], "folderUid": "open", "overwrite": true,
                ], as: "editor"
            ).status
        }
        #expect(try await save("lib-closed") == 403)
        #expect(try await save("lib-open") == 200)
        let moved = try await scene.site.send(
            .patch, "/api/library-elements/lib-open", ["folderUid": "closed", "version": 1], as: "editor")
        #expect(moved.status == 403)
    }

    @Test func nobodyGainsByMovingAFolder() async throws {
        let scene = try await Scene.make()
        let site = scene.site
        let made = try await site.send(.post, "/api/folders", ["uid": "own", "title": "Own"], as: "editor")
        #expect(made.json["canAdmin"]?.bool == true)
        let moved = try await site.send(
            .post, "/api/folders/open-sub/move", ["parentUid": "own"], as: "editor")
        #expect(moved.status == 403)
        #expect(
            try await site.send(.post, "/api/folders/open-sub/move", ["parentUid": ""], as: "editor").status
                == 200)
        #expect(
            try await site.send(.post, "/api/folders/own/move", ["parentUid": "closed"], as: "editor").status
                == 403)
    }

    @Test func anonymousVisitorsSeeWhatTheirRoleIsGiven() async throws {
        var settings = Site.settings
        settings.anonymousRole = .viewer
        let site = try await Site(settings: settings)
        for uid in ["open", "closed"] {
            _ = try await site.send(.post, "/api/folders", ["uid": .string(uid), "title": .string(uid)])
            _ = try await site.send(
                .post, "/api/dashboards/db",
                ["dashboard": ["uid": .string("d-" + uid), "title": "x"], "folderUid": .string(uid)])
        }
        _ = try await site.send(.post, "/api/folders/closed/permissions", ["items": []])
        #expect(try await site.send(.get, "/api/dashboards/uid/d-open", as: nil).status == 200)
        #expect(try await site.send(.get, "/api/dashboards/uid/d-closed", as: nil).status == 403)
        #expect(try await site.send(.get, "/api/search", as: nil).text.contains("closed") == false)
    }

    // MARK: - The two forms

    @Test func theOlderFormReplacesTheList() async throws {
        let scene = try await Scene.make()
        let site = scene.site
        let open = try await site.send(.get, "/api/folders/open/permissions").json
        #expect(open.array?.map { $0["role"]?.string } == ["Viewer", "Editor"])
        #expect(open[0]?["permission"]?.int == 1 && open[1]?["permissionName"]?.string == "Edit")
        #expect(open[0]?["inherited"]?.bool == false)
        let editor = try await scene.id("editor")
        for path in [
            "/api/dashboards/uid/d-open/permissions", "/api/dashboards/id/\(scene.dashboardID)/permissions",
        ] {
            let set = try await site.send(
                .post, path, ["items": [["userId": .number(editor), "permission": 4]]])
            #expect(set.json["message"]?.string == "Dashboard permissions updated")
            let list = try await site.send(.get, path).json.array ?? []
            #expect(list.first?["userLogin"]?.string == "editor" && list.first?["inherited"]?.bool == false)
            #expect(list.dropFirst().allSatisfy { $0["inherited"]?.bool == true })
        }
        let nonsense: [JSONValue] = [
            [:], ["items": [["permission": 1]]], ["items": [["role": "Viewer", "permission": 3]]],
            ["items": [["role": "Boss", "permission": 1]]], ["items": [["role": "None", "permission": 1]]],
            ["items": [["role": "Viewer", "userId": 1, "permission": 1]]],
            ["items": [["role": "Viewer", "permission": 1], ["role": "Viewer", "permission": 2]]],
        ]
        for body in nonsense {
            #expect(
                try await site.send(.post, "/api/folders/open/permissions", body).status == 400, "\(body)")
        }
        let unknown: JSONValue = ["items": [["teamId": 999, "permission": 1]]]
        #expect(try await site.send(.post, "/api/folders/open/permissions", unknown).status == 404)
        #expect(try await site.send(.post, "/api/folders/none/permissions", ["items": []]).status == 404)
        #expect(try await site.send(.get, "/api/folders/open/permissions").json == open)
    }

    /// As Terraform's provider does it: read, then remove and add what differs.
    @Test func accessControlChangesEntries() async throws {
        let scene = try await Scene.make()
        let site = scene.site
        let team = try await site.send(.post, "/api/teams", ["name": "Crew"]).json["teamId"]?.int ?? 0
        let viewer = try await scene.id("viewer")
        for (resource, uid) in [("folders", "open"), ("dashboards", "d-open")] {
            let path = "/api/access-control/\(resource)/\(uid)"
            let before = try await site.send(.get, path).json.array ?? []
            let managed = before.filter { $0["isManaged"]?.bool == true && $0["isInherited"]?.bool == false }
            #expect(
                managed.map { $0["builtInRole"]?.string }
                    == (resource == "folders" ? ["Viewer", "Editor"] : []))
            var changes: [JSONValue] = managed.map {
                ["builtInRole": $0["builtInRole"] ?? "", "permission": ""]
            }
            changes.append(["teamId": .number(team), "permission": "Edit"])
            changes.append(["userId": .number(viewer), "permission": "View"])
            #expect(try await site.send(.post, path, ["permissions": .array(changes)]).status == 200)
            let after = (try await site.send(.get, path).json.array ?? []).filter {
                $0["isManaged"]?.bool == true && $0["isInherited"]?.bool == false
            }
            #expect(after.map { $0["permission"]?.string } == ["Edit", "View"])
            #expect(after[0]["teamId"]?.int == team && after[0]["team"]?.string == "Crew")
            #expect(after[1]["userId"]?.int == viewer && after[1]["userLogin"]?.string == "viewer")
            for (place, name) in [
                ("users/\(viewer)", "Permission removed"), ("teams/\(team)", "Permission removed"),
            ] {
                let answer = try await site.send(.post, "\(path)/\(place)", ["permission": ""])
                #expect(answer.json["message"]?.string == name)
            }
            let role = try await site.send(.post, "\(path)/builtInRoles/Viewer", ["permission": "View"])
            #expect(role.json["message"]?.string == "Permission updated")
            #expect(
                try await site.send(.post, "\(path)/builtInRoles/Nobody", ["permission": "View"]).status
                    == 400)
            #expect(
                try await site.send(.post, "\(path)/users/\(viewer)", ["permission": "Own"]).status == 400)
            let description = try await site.send(.get, "/api/access-control/\(resource)/description")
            #expect(description.json["permissions"] == ["View", "Edit", "Admin"])
        }
        #expect(try await site.send(.get, "/api/dashboards/uid/d-open", as: "editor").status == 403)
        #expect(try await site.send(.get, "/api/dashboards/uid/d-open", as: "viewer").status == 200)
        // Data sources know roles alone; what would have no effect is refused.
        #expect(
            try await site.send(.post, "/api/access-control/datasources/x", ["permissions": []]).status == 404
        )
        #expect(try await site.send(.get, "/api/access-control/datasources/x").status == 200)
        #expect(try await site.send(.get, "/api/access-control/datasources/x", as: "editor").status == 403)
    }

    @Test func ownPermissionsNameWhatIsOpen() async throws {
        let scene = try await Scene.make()
        let own = try await scene.site.send(.get, "/api/access-control/user/permissions", as: "viewer").json
        let scopes = own["folders:read"]?.array?.compactMap(\.string) ?? []
        #expect(scopes.contains("folders:uid:open") && !scopes.contains("folders:uid:closed"))
        #expect(own["dashboards:write"] == nil)
        let admin = try await scene.site.send(.get, "/api/access-control/user/permissions").json
        #expect(admin["folders:read"] == ["*"])
    }

    // MARK: - Teams

    @Test func teamsHaveMembersAndAdministrators() async throws {
        let scene = try await Scene.make()
        let site = scene.site
        let made = try await site.send(.post, "/api/teams", ["name": "Crew", "email": "crew@example.org"])
        #expect(made.json["message"]?.string == "Team created")
        let id = try #require(made.json["teamId"]?.int)
        let uid = try #require(made.json["uid"]?.string)
        #expect(try await site.send(.post, "/api/teams", ["name": "crew"]).status == 409)
        #expect(try await site.send(.post, "/api/teams", ["name": ""]).status == 400)
        let (viewer, editor) = (try await scene.id("viewer"), try await scene.id("editor"))
        let members = "/api/teams/\(id)/members"
        let added = try await site.send(.post, members, ["userId": .number(viewer)])
        #expect(added.json["message"]?.string == "Member added to Team")
        #expect(try await site.send(.post, members, ["userId": .number(viewer)]).status == 400)
        #expect(try await site.send(.post, members, ["userId": 999]).status == 404)
        let team = try await site.send(.get, "/api/teams/\(uid)")
        #expect(team.json["id"]?.int == id && team.json["memberCount"]?.int == 1)
        #expect(team.json["email"]?.string == "crew@example.org")
        // Members look, administrators of the team change, others see nothing.
        #expect(try await site.send(.get, members, as: "viewer").json[0]?["login"]?.string == "viewer")
        #expect(try await site.send(.post, members, ["userId": .number(editor)], as: "viewer").status == 403)
        #expect(try await site.send(.get, members, as: "editor").status == 403)
        #expect(try await site.send(.get, "/api/teams/search", as: "editor").json["totalCount"]?.int == 0)
        #expect(try await site.send(.get, "/api/teams/search", as: "viewer").json["totalCount"]?.int == 1)
        #expect(try await site.send(.get, "/api/user/teams", as: "viewer").json[0]?["name"]?.string == "Crew")
        let raised = try await site.send(.put, "\(members)/\(viewer)", ["permission": 4])
        #expect(raised.json["message"]?.string == "Team member updated")
        #expect(try await site.send(.post, members, ["userId": .number(editor)], as: "viewer").status == 200)
        #expect(try await site.send(.put, "/api/teams/\(id)", ["name": "Deck"], as: "viewer").status == 200)
        let removed = try await site.send(.delete, "\(members)/\(editor)", as: "viewer")
        #expect(removed.json["message"]?.string == "Team Member removed")
        #expect(try await site.send(.delete, "\(members)/\(editor)").status == 404)
        let all = try await site.send(.put, members, ["members": ["editor"], "admins": ["boss"]])
        #expect(all.status == 200)
        let now = try await site.send(.get, members).json.array ?? []
        #expect(now.map { $0["login"]?.string } == ["boss", "editor"])
        #expect(now.map { $0["permission"]?.int } == [4, 0])
        let preferences = try await site.send(.put, "/api/teams/\(id)/preferences", ["theme": "light"])
        #expect(preferences.status == 200)
        let boot = try await site.send(.get, "/api/frontend/settings", as: "editor").json
        #expect(boot["bootData"]?["user"]?["theme"]?.string == "light")
        #expect(try await site.send(.get, "/api/teams?name=Deck").json["teams"]?[0]?["memberCount"]?.int == 2)
        #expect(try await site.send(.delete, "/api/teams/\(id)").json["message"]?.string == "Team deleted")
        #expect(try await site.send(.get, "/api/teams/\(id)").status == 404)
    }

    @Test func aTeamOpensAFolderToItsMembers() async throws {
        let scene = try await Scene.make()
        let site = scene.site
        let team = try await site.send(.post, "/api/teams", ["name": "Crew"]).json["teamId"]?.int ?? 0
        _ = try await site.send(
            .post, "/api/folders/closed/permissions",
            ["items": [["teamId": .number(team), "permission": 2]]])
        #expect(try await site.send(.get, "/api/dashboards/uid/d-closed", as: "viewer").status == 403)
        let viewer = try await scene.id("viewer")
        _ = try await site.send(.post, "/api/teams/\(team)/members", ["userId": .number(viewer)])
        let board = try await site.send(.get, "/api/dashboards/uid/d-closed", as: "viewer")
        #expect(board.json["meta"]?["canSave"]?.bool == true)
        _ = try await site.send(.delete, "/api/teams/\(team)/members/\(viewer)")
        #expect(try await site.send(.get, "/api/dashboards/uid/d-closed", as: "viewer").status == 403)
    }
}
