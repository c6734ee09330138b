import JSON
import Testing

@testable import Dashboards

@Suite struct AlertRuleTests {
    static func rule(_ changes: [(String, JSONValue?)] = []) -> JSONObject {
        var rule: JSONObject = [
            "uid": "r1", "title": "High", "folderUID": "f", "ruleGroup": "g", "condition": "C",
            "data": [
                [
                    "refId": "A", "datasourceUid": "prom", "relativeTimeRange": ["from": 600, "to": 0],
                    "model": ["expr": "up", "instant": true, "own": "kept"],
                ],
                [
                    "refId": "C", "datasourceUid": "__expr__",
                    "model": [
                        "type": "threshold", "expression": "A",
                        "conditions": [["evaluator": ["type": "gt", "params": [0]]]],
                    ],
                ],
            ],
            "for": "5m", "noDataState": "OK", "execErrState": "KeepLast", "labels": ["team": "a"],
            "somethingNew": ["x": 1],
        ]
        for (name, value) in changes { rule[name] = value }
        return rule
    }

    @Test func readsAndWritesBack() throws {
        let rule = try AlertRule(Self.rule())
        #expect(rule.pending == 300_000 && rule.noDataAction == .ok && rule.errorAction == .keepLast)
        #expect(rule.groupKey == .init(folder: "f", name: "g") && rule.queries.count == 2)
        #expect(rule.json["somethingNew"]?["x"]?.int == 1)
        #expect(rule.json["data"]?[0]?["model"]?["own"]?.string == "kept")
        #expect(rule.json["for"]?.string == "5m" && rule.json["orgID"]?.int == 1)
        #expect(try AlertRule(rule.json).json == rule.json)
    }

    struct Refusal: Sendable, CustomStringConvertible {
        let key: String
        let value: JSONValue?
        let want: String
        var description: String { want }

        init(_ key: String, _ value: JSONValue?, _ want: String) {
            (self.key, self.value, self.want) = (key, value, want)
        }
    }

    private static func only(_ query: JSONValue) -> JSONValue { .array([query]) }

    private static func expression(_ model: JSONValue) -> JSONValue {
        only(["refId": "C", "datasourceUid": "__expr__", "model": model])
    }

    static let refusals: [Refusal] = [
        Refusal(
            "condition", "Z",
            "alert rule: rule \"High\": condition: no query or expression has the refId \"Z\""),
        Refusal("for", "soon", "for: want a duration such as 5m, got \"soon\""),
        Refusal("for", 5, "for: want a duration"),
        Refusal("noDataState", "Maybe", "noDataState: want NoData, Alerting, OK or KeepLast, got \"Maybe\""),
        Refusal("isPaused", "yes", "isPaused: want true or false, got \"yes\""),
        Refusal("labels", ["a"], "labels: want texts by name"),
        Refusal("title", nil, "alert rule: title: it is missing"),
        Refusal("title", .string(String(repeating: "x", count: 191)), "title: at most 190 bytes"),
        Refusal("uid", "a/b", "uid: it contains illegal characters"),
        Refusal("folderUID", nil, "folderUID: it is missing"),
        Refusal("record", ["metric": "m", "from": "A"], "record: recording rules belong"),
        Refusal("data", [], "data: want at least one query"),
        Refusal("data", ["x"], "data[0]: want an object, got \"x\""),
        Refusal("data", only(["refId": "C"]), "data[0]: datasourceUid: it is missing"),
        Refusal(
            "data", only(["refId": "C", "datasourceUid": "p", "relativeTimeRange": ["from": 5, "to": 60]]),
            "data[0].relativeTimeRange: from: want more seconds than to (60), got 5"),
        Refusal("data", expression(["type": "sql"]), "expression C.model: type: \"sql\" is not known"),
        Refusal(
            "data", expression(["type": "math", "expression": "$B"]),
            "expression C: no query or expression has the refId \"B\""),
        Refusal(
            "data", expression(["type": "math", "expression": "$C"]), "the expressions C need each other"),
    ]

    @Test(arguments: refusals)
    func refusesWithRuleAndKey(_ refusal: Refusal) {
        let error = #expect(throws: DashboardsError.self) {
            _ = try AlertRule(Self.rule([(refusal.key, refusal.value)]))
        }
        #expect(error?.kind == .invalidInput)
        #expect(error?.message.contains(refusal.want) == true, "\(error?.message ?? "")")
    }

    @Test func queriesAreBounded() {
        let query: JSONValue = ["refId": "C", "datasourceUid": "p"]
        let error = #expect(throws: DashboardsError.self) {
            _ = try AlertRule(Self.rule([("data", .array(Array(repeating: query, count: 51)))]))
        }
        #expect(error?.message.contains("data: at most 50 are taken, got 51") == true)
    }

    @Test func contactPointsHideTheirSecrets() throws {
        let point = try ContactPoint([
            "name": "hook", "type": "webhook",
            "settings": [
                "url": "http://example.org/", "password": "p",
                "tlsConfig": ["clientKey": "k", "insecure": true],
                "myToken": "t",
            ],
        ])
        #expect(point.secrets == ["password": "p", "tlsConfig.clientKey": "k", "myToken": "t"])
        #expect(point.settings["password"] == nil && point.settings["tlsConfig"]?["clientKey"] == nil)
        #expect(point.fullSettings["tlsConfig"]?["clientKey"]?.string == "k")
        for (settings, want) in [
            (["url": "ftp://x"] as JSONValue, "settings.url: want an address"),
            ([:], "settings.url: it is missing"),
        ] {
            let error = #expect(throws: DashboardsError.self) {
                _ = try ContactPoint(["name": "hook", "type": "webhook", "settings": settings])
            }
            #expect(error?.message.contains(want) == true, "\(error?.message ?? "")")
        }
    }

    @Test func policiesRouteByMatchers() throws {
        let policy = try NotificationPolicy([
            "receiver": "all", "group_by": ["alertname"], "group_wait": "10s",
            "routes": [
                ["matchers": ["team=\"a\"", "severity=~\"crit.*\""], "receiver": "a", "continue": true],
                ["object_matchers": [["team", "!=", "b"]], "receiver": "notB", "group_wait": "1s"],
                ["match": ["team": "b"], "routes": [["match_re": ["host": "x|y"], "receiver": "xy"]]],
            ],
        ])
        func receivers(_ labels: [String: String]) -> [String] { policy.routes(of: labels).map(\.receiver) }
        #expect(receivers(["team": "a", "severity": "critical"]) == ["a", "notB"])
        #expect(receivers(["team": "a", "severity": "uncritical"]) == ["notB"])
        #expect(receivers(["team": "b"]) == ["all"])
        #expect(receivers(["team": "b", "host": "y"]) == ["xy"])
        #expect(policy.routes(of: [:]).first?.groupWait == 1000)
        #expect(policy.routes(of: ["team": "b", "host": "y"]).first?.groupWait == 10_000)
        for (json, want) in [
            (["group_by": []] as JSONObject, "receiver: it is missing"),
            (["receiver": "x", "matchers": ["a=b"]], "the root takes every alert"),
            (["receiver": "x", "routes": [["matchers": ["a=~\"(\""]]]], "policies.routes[0].matchers"),
            (
                ["receiver": "x", "routes": [["object_matchers": [["a", "b"]]]]],
                "want [label, operator, value]"
            ),
            (["receiver": "x", "repeat_interval": "0s"], "repeat_interval: it cannot be 0"),
        ] {
            let error = #expect(throws: DashboardsError.self) { _ = try NotificationPolicy(json) }
            #expect(error?.message.contains(want) == true, "\(error?.message ?? "")")
        }
    }

    @Test func timingsKnowTheCalendar() throws {
        func contains(_ interval: JSONValue, _ time: String) throws -> Bool {
            let timing = try MuteTiming(["name": "t", "time_intervals": [interval]])
            return timing.contains(try #require(CivilTime(iso: time)).milliseconds)
        }
        // The last of November 2026 is a Monday.
        #expect(try contains(["weekdays": ["monday:friday"]], "2026-11-30T12:00:00Z"))
        #expect(try !contains(["weekdays": ["saturday", "sunday"]], "2026-11-30T12:00:00Z"))
        #expect(try contains(["days_of_month": ["-1"]], "2026-11-30T12:00:00Z"))
        #expect(try !contains(["days_of_month": ["-1"]], "2026-10-30T12:00:00Z"))
        #expect(try contains(["months": ["november"], "years": ["2026:2027"]], "2026-11-30T12:00:00Z"))
        let night: JSONValue = ["times": [["start_time": "22:00", "end_time": "24:00"]]]
        #expect(try contains(night, "2026-11-30T23:59:00Z"))
        #expect(try !contains(night, "2026-11-30T21:59:59Z"))
        for zone in ["Nowhere/Town", "../../etc/passwd", "/etc/localtime"] {
            let error = #expect(throws: DashboardsError.self) {
                _ = try contains(["location": .string(zone)], "2026-11-30T12:00:00Z")
            }
            #expect(error?.message.contains("this system has no time zone") == true, "\(zone)")
        }
    }

    @Test(.enabled(if: TimeZoneFile.read("Europe/Berlin") != nil, "needs tzdata"))
    func timingsFollowTheirClocks() throws {
        let morning: JSONValue = [
            "times": [["start_time": "08:00", "end_time": "09:00"]], "location": "Europe/Berlin",
        ]
        let timing = try MuteTiming(["name": "t", "time_intervals": [morning]])
        for (time, isIn) in [
            ("2026-11-30T07:30:00Z", true), ("2026-11-30T08:30:00Z", false), ("2026-07-30T06:30:00Z", true),
            ("2026-07-30T07:30:00Z", false), ("2050-07-30T06:30:00Z", true), ("2050-01-30T07:30:00Z", true),
            ("2050-01-30T06:30:00Z", false),
        ] {
            #expect(timing.contains(try #require(CivilTime(iso: time)).milliseconds) == isIn, "\(time)")
        }
        let zone = try #require(TimeZoneFile.read("America/New_York"))
        let change = try #require(CivilTime(iso: "2045-03-12T07:00:00Z")).milliseconds
        #expect(zone.offset(at: change - 1000) == -5 * 3_600_000 && zone.offset(at: change) == -4 * 3_600_000)
        #expect(TimeZoneFile.read("Asia/Kolkata")?.offset(at: change) == 19_800_000)
    }

    @Test func brokenTimeZonesAreNone() {
        #expect(TimeZoneFile([]) == nil)
        #expect(TimeZoneFile(Array("TZif2".utf8) + [UInt8](repeating: 0xFF, count: 100)) == nil)
        #expect(TimeZoneFile(Array("TZif2".utf8) + [UInt8](repeating: 0, count: 100)) == nil)
    }
}
