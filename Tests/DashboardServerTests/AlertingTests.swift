import Dashboards
import HTTPTypes
import JSON
import Testing

@testable import DashboardServer

/// The HTTP API of alerting: rules, contact points, policies, timings, templates, silences.
@Suite struct AlertingTests {
    static let base = "/api/v1/provisioning"
    static let byHand: HTTPFields = {
        var fields = HTTPFields()
        if let name = HTTPField.Name("X-Disable-Provenance") { fields[name] = "true" }
        return fields
    }()

    /// - Parameters:
    ///   - expression: of the only query, an instant one.
    ///   - limit: above which the rule alerts.
    static func rule(
        _ title: String = "High", uid: String = "", expression: String = "up", limit: Int = 0,
        changes: [(String, JSONValue?)] = []
    ) -> JSONValue {
        var rule: JSONObject = [
            "title": .string(title), "uid": .string(uid), "folderUID": "team", "ruleGroup": "one",
            "condition": "C", "for": "0s", "noDataState": "NoData", "execErrState": "Error",
            "labels": ["team": "a"],
            "data": [
                [
                    "refId": "A", "datasourceUid": "martlet", "relativeTimeRange": ["from": 600, "to": 0],
                    "model": ["expr": .string(expression), "instant": true, "refId": "A"],
                ],
                [
                    "refId": "C", "datasourceUid": "__expr__",
                    "model": [
                        "type": "threshold", "expression": "A", "refId": "C",
                        "conditions": [["evaluator": ["type": "gt", "params": [.number(limit)]]]],
                    ],
                ],
            ],
        ]
        for (name, value) in changes { rule[name] = value }
        return .object(rule)
    }

    static func site(settings: DashboardSettings = Site.settings) async throws -> Site {
        let site = try await Site(settings: settings)
        let made = try await site.send(.post, "/api/folders", ["uid": "team", "title": "Team"])
        #expect(made.status == 200)
        return site
    }

    @Test func rulesAreAddedChangedAndDeleted() async throws {
        let site = try await Self.site()
        let path = Self.base + "/alert-rules"
        let added = try await site.send(.post, path, Self.rule())
        #expect(added.status == 201 && added.json["provenance"]?.string == "api")
        let uid = try #require(added.json["uid"]?.string)
        #expect(!uid.isEmpty && added.json["id"]?.int == 1)
        #expect(try await site.send(.get, path).json.array?.count == 1)
        let read = try await site.send(.get, "\(path)/\(uid)")
        #expect(read.status == 200 && read.json["title"]?.string == "High")
        let changed = try await site.send(
            .put, "\(path)/\(uid)", Self.rule("Higher", changes: [("isPaused", true), ("extra", ["a": 1])]))
        #expect(changed.status == 200 && changed.json["title"]?.string == "Higher")
        #expect(changed.json["isPaused"]?.bool == true && changed.json["extra"]?["a"]?.int == 1)
        #expect(try await site.send(.post, path, Self.rule(uid: uid)).status == 409)
        #expect(try await site.send(.get, "\(path)/none").status == 404)
        #expect(try await site.send(.put, "\(path)/none", Self.rule()).status == 404)
        let wrong = try await site.send(.post, path, Self.rule(changes: [("condition", "Z")]))
        #expect(wrong.status == 400 && wrong.json["message"]?.string?.contains("condition") == true)
        let lost = try await site.send(.post, path, Self.rule(changes: [("folderUID", "nowhere")]))
        #expect(lost.status == 404 && lost.json["message"]?.string?.contains("nowhere") == true)
        #expect(try await site.send(.delete, "\(path)/\(uid)").status == 204)
        #expect(try await site.send(.get, "\(path)/\(uid)").status == 404)
        #expect(try await site.send(.delete, "\(path)/\(uid)").status == 204)
    }

    @Test func originsDecideWhoMayChange() async throws {
        let site = try await Self.site()
        let path = Self.base + "/alert-rules"
        let hand = try await site.send(.post, path, Self.rule("Hand", uid: "hand"), headers: Self.byHand)
        #expect(hand.json["provenance"] == nil)
        // The API may take over what was made by hand, and give it back.
        #expect(try await site.send(.put, "\(path)/hand", Self.rule("Hand")).status == 200)
        #expect(
            try await site.send(.put, "\(path)/hand", Self.rule("Hand"), headers: Self.byHand).status == 200)
        let rule = try AlertRule(Self.rule("File", uid: "file").object ?? [:])
        try await site.server.store.replaceAlertGroup(
            .init(folder: "team", name: "files"), interval: 60, rules: [rule], provenance: .file)
        for headers in [HTTPFields(), Self.byHand] {
            let refused = try await site.send(.put, "\(path)/file", Self.rule("File"), headers: headers)
            #expect(refused.status == 409 && refused.json["message"]?.string?.contains("from 'file'") == true)
            #expect(try await site.send(.delete, "\(path)/file", headers: headers).status == 409)
        }
        // A folder goes only with its rules, and not with those of files.
        #expect(try await site.send(.delete, "/api/folders/team").status == 400)
        #expect(try await site.send(.delete, "/api/folders/team?forceDeleteRules=true").status == 409)
        _ = try await site.send(.post, "/api/folders", ["uid": "two", "title": "Two"])
        let other = Self.rule("Other", changes: [("folderUID", "two")])
        #expect(try await site.send(.post, path, other).status == 201)
        #expect(try await site.send(.delete, "/api/folders/two?forceDeleteRules=true").status == 200)
        #expect(try await site.send(.get, path).json.array?.count == 2)
    }

    @Test func groupsAreReplacedWhole() async throws {
        let site = try await Self.site()
        let path = Self.base + "/folder/team/rule-groups/my%20group"
        #expect(try await site.send(.get, path).status == 404)
        let group: JSONValue = [
            "title": "my group", "folderUid": "team", "interval": 30,
            "rules": [Self.rule("B", uid: "b"), Self.rule("A", uid: "a")],
        ]
        #expect(try await site.send(.put, path, group).status == 200)
        let read = try await site.send(.get, path).json
        #expect(read["interval"]?.int == 30 && read["title"]?.string == "my group")
        #expect(read["rules"]?.array?.map { $0["title"]?.string } == ["B", "A"])
        // A rule that joins takes the interval; one that is not named any more ends.
        let joined = try await site.send(
            .post, Self.base + "/alert-rules", Self.rule("D", changes: [("ruleGroup", "my group")]))
        #expect(joined.status == 201)
        let fewer: JSONValue = ["interval": 60, "rules": [Self.rule("A2", uid: "a")]]
        #expect(try await site.send(.put, path, fewer).json["rules"]?.array?.count == 1)
        #expect(try await site.send(.get, Self.base + "/alert-rules").json.array?.count == 1)
        #expect(try await site.send(.put, path, ["interval": 0, "rules": []]).status == 400)
        let ruler = try await site.send(.get, "/api/ruler/grafana/api/v1/rules")
        #expect(ruler.status == 202)
        let rule = ruler.json["Team"]?[0]?["rules"]?[0]
        #expect(rule?["grafana_alert"]?["title"]?.string == "A2")
        #expect(ruler.json["Team"]?[0]?["interval"]?.string == "1m")
        #expect(
            try await site.send(.get, "/api/ruler/grafana/api/v1/rules/team/my%20group").json
                == ruler.json["Team"]?[0])
        #expect(try await site.send(.delete, path).status == 204)
        #expect(try await site.send(.get, path).status == 404)
    }

    @Test func contactPointsKeepTheirSecrets() async throws {
        let site = try await Self.site()
        let path = Self.base + "/contact-points"
        let point: JSONValue = [
            "name": "hook", "type": "webhook",
            "settings": ["url": "http://localhost:1/", "username": "u", "password": "verysecret"],
        ]
        let added = try await site.send(.post, path, point)
        #expect(added.status == 202)
        let uid = try #require(added.json["uid"]?.string)
        for answer in [
            added, try await site.send(.get, path),
            try await site.send(.get, "/api/alertmanager/grafana/config/api/v1/alerts"),
            try await site.send(.get, path + "/export"),
        ] {
            #expect(!answer.text.contains("verysecret"))
        }
        #expect(try await site.send(.get, path).json[0]?["settings"]?["password"]?.string == "[REDACTED]")
        // What comes back redacted stays as it was.
        let changed: JSONValue = [
            "name": "hook", "type": "webhook",
            "settings": ["url": "http://localhost:2/", "username": "u", "password": "[REDACTED]"],
        ]
        #expect(try await site.send(.put, "\(path)/\(uid)", changed).status == 202)
        let stored = try #require(try await site.server.store.contactPoints(reveals: true).first)
        #expect(stored.secrets == ["password": "verysecret"])
        #expect(stored.settings.text("url") == "http://localhost:2/")
        try await site.addUser("editor", .editor)
        let export = "\(path)/export?decrypt=true&format=json"
        #expect(try await site.send(.get, export, as: "editor").status == 403)
        #expect(try await site.send(.get, export).text.contains("verysecret"))
        #expect(try await site.send(.put, "\(path)/none", point).status == 404)
        let unknown: JSONValue = ["name": "x", "type": "pigeon", "settings": [:]]
        #expect(try await site.send(.post, path, unknown).status == 400)
        #expect(try await site.send(.delete, "\(path)/\(uid)").status == 202)
        #expect(try await site.send(.get, path).json.array?.isEmpty == true)
    }

    @Test func policiesNameWhatIsThere() async throws {
        let site = try await Self.site()
        let path = Self.base + "/policies"
        #expect(try await site.send(.get, path).json["receiver"]?.string == "empty")
        let tree: JSONValue = [
            "receiver": "hook", "group_by": ["alertname"],
            "routes": [["object_matchers": [["team", "=", "a"]], "mute_time_intervals": ["night"]]],
        ]
        let lost = try await site.send(.put, path, tree)
        #expect(lost.status == 400 && lost.json["message"]?.string?.contains("\"hook\"") == true)
        let hook: JSONValue = [
            "uid": "h", "name": "hook", "type": "webhook", "settings": ["url": "http://localhost:1/"],
        ]
        _ = try await site.send(.post, Self.base + "/contact-points", hook)
        #expect(try await site.send(.put, path, tree).json["message"]?.string?.contains("\"night\"") == true)
        let night: JSONValue = [
            "name": "night", "time_intervals": [["times": [["start_time": "22:00", "end_time": "24:00"]]]],
        ]
        #expect(try await site.send(.post, Self.base + "/mute-timings", night).status == 201)
        #expect(try await site.send(.post, Self.base + "/mute-timings", night).status == 409)
        #expect(try await site.send(.put, path, tree).status == 202)
        let read = try await site.send(.get, path).json
        #expect(read["provenance"]?.string == "api")
        #expect(read["routes"]?[0]?["mute_time_intervals"]?[0]?.string == "night")
        // What the tree names stays.
        #expect(try await site.send(.delete, Self.base + "/contact-points/h").status == 409)
        #expect(try await site.send(.delete, Self.base + "/mute-timings/night").status == 409)
        #expect(try await site.send(.delete, path).status == 202)
        #expect(try await site.send(.get, path).json["receiver"]?.string == "empty")
        #expect(try await site.send(.put, Self.base + "/mute-timings/night", night).status == 202)
        #expect(try await site.send(.get, Self.base + "/mute-timings/night").json["name"]?.string == "night")
        #expect(try await site.send(.delete, Self.base + "/mute-timings/night").status == 204)
        #expect(try await site.send(.get, Self.base + "/mute-timings/night").status == 404)
        #expect(try await site.send(.put, Self.base + "/mute-timings/night", night).status == 404)
    }

    @Test func templatesAreStored() async throws {
        let site = try await Self.site()
        let path = Self.base + "/templates"
        #expect(
            try await site.send(.put, path + "/mine", ["template": "{{ define \"x\" }}y{{ end }}"]).status
                == 202)
        #expect(try await site.send(.get, path).json[0]?["name"]?.string == "mine")
        #expect(try await site.send(.put, path + "/mine", ["template": ""]).status == 400)
        #expect(try await site.send(.get, path + "/other").status == 404)
        #expect(try await site.send(.delete, path + "/mine").status == 204)
        #expect(try await site.send(.get, path).json.array?.isEmpty == true)
    }

    @Test func silencesEnd() async throws {
        let site = try await Self.site()
        let path = "/api/alertmanager/grafana/api/v2/"
        func silence(_ endsAt: Int64) -> JSONValue {
            [
                "matchers": [["name": "team", "value": "a", "isRegex": false, "isEqual": true]],
                "startsAt": .string(CivilTime(milliseconds: site.server.store.now).iso),
                "endsAt": .string(CivilTime(milliseconds: endsAt).iso), "comment": "c",
                "createdBy": "somebody",
            ]
        }
        let made = try await site.send(.post, path + "silences", silence(site.server.store.now + 3_600_000))
        #expect(made.status == 202)
        let id = try #require(made.json["silenceID"]?.string)
        let read = try await site.send(.get, path + "silences").json[0]
        #expect(read?["status"]?["state"]?.string == "active" && read?["createdBy"]?.string == "admin")
        #expect(try await site.send(.delete, path + "silence/\(id)").status == 200)
        #expect(
            try await site.send(.get, path + "silence/\(id)").json["status"]?["state"]?.string == "expired")
        #expect(try await site.send(.delete, path + "silence/none").status == 404)
        #expect(
            try await site.send(.post, path + "silences", silence(site.server.store.now - 5000)).status == 400
        )
    }

    @Test func exportsReadBackAsTheyWere() async throws {
        let site = try await Self.site()
        let rule = Self.rule(
            "Costs $5", uid: "r",
            changes: [
                ("annotations", ["summary": "{{ $labels.host }}: yes\nsecond # line"]),
                ("labels", ["who": "{{ $labels.host }}"]),
            ])
        #expect(try await site.send(.post, Self.base + "/alert-rules", rule).status == 201)
        let yaml = try await site.send(.get, Self.base + "/alert-rules/export")
        #expect(yaml.headers[.contentType]?.contains("yaml") == true)
        #expect(yaml.text.contains("Costs $$5") && yaml.text.contains("{{ $labels.host }}: yes"))
        let json = try await site.send(.get, Self.base + "/alert-rules/r/export?format=json")
        let exported = json.json["groups"]?[0]
        #expect(exported?["folder"]?.string == "Team" && exported?["interval"]?.string == "1m")
        #expect(exported?["rules"]?[0]?["labels"]?["who"]?.string == "{{ $$labels.host }}")
        #expect(exported?["rules"]?[0]?["data"]?[0]?["model"]?["expr"]?.string == "up")
        // Provisioning takes the YAML and makes the same rule of it.
        let before = try await site.server.store.alertRule(uid: "r")
        let folder = try ProvisioningFolder(["alerting/rules.yaml": yaml.text])
        var settings = Site.settings
        settings.provisioningPath = folder.path
        let other = try await Site(settings: settings)
        let after = try #require(try await other.server.store.alertRule(uid: "r"))
        #expect(after.title == "Costs $5" && after.queries == before?.queries)
        #expect(after.annotations == before?.annotations && after.labels == before?.labels)
        #expect(after.provenance == .file && after.interval == 60)
    }
}

/// Rules of a folder that may not be seen show nowhere and are not changed.
@Suite struct AlertAccessTests {
    private static let base = AlertingTests.base

    /// A rule `secret` in the folder `closed`, which editors may not see, and a rule `known` in the folder `team`.
    private static func site() async throws -> Site {
        let site = try await AlertingTests.site()
        try await site.addUser("editor", .editor)
        #expect(
            try await site.send(.post, "/api/folders", ["uid": "closed", "title": "Closed"]).status == 200)
        #expect(try await site.send(.post, "/api/folders/closed/permissions", ["items": []]).status == 200)
        for (uid, folder) in [("secret", "closed"), ("known", "team")] {
            let rule = AlertingTests.rule(
                "T-" + uid, uid: uid, expression: "vector(1)", changes: [("folderUID", .string(folder))])
            #expect(try await site.send(.post, base + "/alert-rules", rule).status == 201)
        }
        await site.server.scheduler.evaluateAll(at: 1_700_000_000_000)
        return site
    }

    @Test(arguments: [
        base + "/alert-rules", base + "/alert-rules/export", "/api/ruler/grafana/api/v1/rules",
        "/api/prometheus/grafana/api/v1/rules", "/api/prometheus/grafana/api/v1/alerts",
        "/api/alertmanager/grafana/api/v2/alerts", "/api/alertmanager/grafana/api/v2/alerts/groups",
    ])
    func listsLeaveThemOut(_ path: String) async throws {
        let site = try await Self.site()
        let text = try await site.send(.get, path, as: "editor").text
        #expect(!text.contains("secret"))
        // States without a data source tell nothing; where the administrator sees one, the editor sees the other.
        let all = try await site.send(.get, path).text
        #expect(all.contains("secret") == text.contains("known"))
    }

    /// A list that gives Edit of a folder to a Viewer gives its rules, too, and nothing else.
    @Test func aViewerWithEditChangesTheRulesOfAFolder() async throws {
        let site = try await Self.site()
        try await site.addUser("viewer", .viewer)
        let id = Int(try await site.server.store.user(loginOrEmail: "viewer")?.id ?? 0)
        let group = Self.base + "/folder/closed/rule-groups/one"
        let changes: [(HTTPRequest.Method, String, JSONValue?, Int)] = [
            (
                .put, "/alert-rules/secret", AlertingTests.rule("T-new", changes: [("folderUID", "closed")]),
                200
            ),
            (
                .post, "/alert-rules",
                AlertingTests.rule("T-more", uid: "more", changes: [("folderUID", "closed")]), 201
            ),
            (.put, "/folder/closed/rule-groups/two", ["interval": 60, "rules": []], 200),
            (.delete, "/alert-rules/more", nil, 204),
        ]
        for (method, path, body, _) in changes.dropLast() {
            #expect(
                try await site.send(method, Self.base + path, body, as: "viewer").status == 403, "\(path)")
        }
        let set = try await site.send(
            .post, "/api/folders/closed/permissions",
            ["items": [["userId": .number(id), "permission": 2]]])
        #expect(set.status == 200)
        for (method, path, body, status) in changes {
            let answer = try await site.send(method, Self.base + path, body, as: "viewer")
            #expect(answer.status == status, "\(path): \(answer.text)")
        }
        #expect(try await site.send(.get, group, as: "viewer").json["rules"]?[0]?["title"]?.string == "T-new")
        // Neither another folder nor what is of the whole organisation.
        for (method, path, body) in [
            (.put, "/alert-rules/known", AlertingTests.rule("T")),
            (.put, "/alert-rules/secret", AlertingTests.rule("T")),
            (.post, "/contact-points", ["name": "x", "type": "webhook", "settings": ["url": "http://x"]]),
            (.put, "/policies", ["receiver": "empty"]),
        ] as [(HTTPRequest.Method, String, JSONValue)] {
            #expect(
                try await site.send(method, Self.base + path, body, as: "viewer").status == 403, "\(path)")
        }
        #expect(try await site.send(.delete, group, as: "viewer").status == 204)
    }

    @Test func noneIsReadOrChangedByName() async throws {
        let site = try await Self.site()
        let group = "/folder/closed/rule-groups/one"
        for path in [
            Self.base + "/alert-rules/secret", Self.base + "/alert-rules/secret/export", Self.base + group,
            Self.base + group + "/export", "/api/ruler/grafana/api/v1/rules/closed/one",
        ] {
            #expect(try await site.send(.get, path, as: "editor").status == 403, "\(path)")
            #expect(try await site.send(.get, path).status < 300, "\(path)")
        }
        let moved = AlertingTests.rule("T", uid: "secret")
        let kept = AlertingTests.rule("T", changes: [("folderUID", "closed")])
        let groupBody: JSONValue = ["interval": 60, "rules": [moved]]
        for (method, path, body) in [
            (.put, "/alert-rules/secret", moved), (.put, "/alert-rules/known", kept),
            (.post, "/alert-rules", kept),
            (.delete, "/alert-rules/secret", nil), (.put, group, ["interval": 60, "rules": []]),
            (.put, "/folder/team/rule-groups/one", groupBody), (.delete, group, nil),
        ] as [(HTTPRequest.Method, String, JSONValue?)] {
            #expect(
                try await site.send(method, Self.base + path, body, as: "editor").status == 403,
                "\(method) \(path)")
        }
        let rules = try await site.send(.get, Self.base + "/alert-rules").json.array
        #expect(Set(rules?.compactMap { $0["title"]?.string } ?? []) == ["T-secret", "T-known"])
    }
}
