import Dashboards
import HTTPTypes
import Hummingbird
import JSON
import Logging
import NIOCore
import Synchronization
import Testing

@testable import DashboardServer

/// From a rule that fires to a contact point that hears of it, at times of our own.
@Suite struct AlertNotificationTests {
    /// A contact point on a socket of this machine.
    private final class Receiver: Sendable {
        struct Heard: Sendable {
            let path: String
            let authorization: String?
            let body: JSONValue
        }

        let heard = Mutex<[Heard]>([])
        /// Statuses of the next answers; 200 when there are no more.
        let statuses = Mutex<[Int]>([])

        var all: [Heard] { heard.withLock { $0 } }

        /// Listens for as long as `body` runs.
        func listen(_ body: @escaping @Sendable (_ port: Int) async throws -> Void) async throws {
            let router = Router()
            for path in ["/hook", "/am/api/v2/alerts", "/hook/{alias}/close", "/bot1x/sendMessage"] {
                router.post(RouterPath(path)) { request, _ -> HTTPResponse.Status in
                    let bytes = try await request.body.collect(upTo: 1 << 20)
                    let value = (try? JSONValue.parse(Array(buffer: bytes))) ?? .null
                    self.heard.withLock {
                        $0.append(
                            Heard(
                                path: request.uri.path, authorization: request.headers[.authorization],
                                body: value))
                    }
                    let status = self.statuses.withLock { $0.isEmpty ? 200 : $0.removeFirst() }
                    return .init(code: status)
                }
            }
            let (ports, found) = AsyncStream.makeStream(of: Int.self)
            let application = Application(
                router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { channel in found.yield(channel.localAddress?.port ?? 0) },
                logger: Logger(label: "receiver") { _ in SwiftLogNoOpLogHandler() })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await application.run() }
                var ready = ports.makeAsyncIterator()
                let port = try #require(await ready.next())
                try await body(port)
                group.cancelAll()
            }
        }
    }

    private static let start: Int64 = 1_800_000_000_000
    private static let a = #""host":"a""#
    private static let b = #""host":"b""#

    /// A site whose rule `up > 0` tells the receiver at once.
    private func site(
        _ source: AlertEvaluationTests.Source, port: Int, point: JSONObject? = nil, policy: JSONObject = [:]
    ) async throws -> Site {
        let site = try await AlertEvaluationTests.site(source)
        let hook: JSONObject = [
            "uid": "h", "name": "hook", "type": "webhook",
            "settings": [
                "url": .string("http://127.0.0.1:\(port)/hook"), "username": "u", "password": "p",
            ],
        ]
        let base = AlertingTests.base
        #expect(try await site.send(.post, base + "/contact-points", .object(point ?? hook)).status == 202)
        var tree: JSONObject = [
            "receiver": "hook", "group_by": ["alertname"], "group_wait": "0s", "group_interval": "1m",
            "repeat_interval": "10m",
        ]
        for (name, value) in policy.members { tree[name] = value }
        let set = try await site.send(.put, base + "/policies", .object(tree))
        #expect(set.status == 202, "\(set.text)")
        let rule = AlertingTests.rule(
            uid: "r",
            changes: [("annotations", ["summary": "{{ $labels.host }}", "__dashboardUid__": "board"])])
        #expect(try await site.send(.post, base + "/alert-rules", rule).status == 201)
        return site
    }

    /// Evaluates and tells, `minutes` after the start.
    private func pass(_ site: Site, _ minutes: Int64) async {
        await site.server.scheduler.evaluateAll(at: Self.start + minutes * 60_000)
        await site.server.notifier.flush(at: Self.start + minutes * 60_000)
    }

    @Test func tellsFiringRepeatsAndTellsTheEnd() async throws {
        let receiver = Receiver()
        try await receiver.listen { port in
            let source = AlertEvaluationTests.Source()
            let site = try await self.site(source, port: port)
            source.set([(Self.a, "1")])
            await self.pass(site, 0)
            let first = try #require(receiver.all.first)
            #expect(first.authorization == "Basic dTpw")
            #expect(first.body["receiver"]?.string == "hook" && first.body["status"]?.string == "firing")
            #expect(first.body["title"]?.string == "[FIRING:1] High (Team a a)")
            #expect(first.body["groupLabels"]?["alertname"]?.string == "High")
            let alert = first.body["alerts"]?[0]
            #expect(alert?["status"]?.string == "firing" && alert?["labels"]?["host"]?.string == "a")
            #expect(alert?["annotations"] == ["summary": "a"])
            #expect(alert?["startsAt"]?.string == CivilTime(milliseconds: Self.start).iso)
            #expect(alert?["values"]?["A"]?.int == 1)
            #expect(
                alert?["dashboardURL"]?.string == "http://localhost:3000/d/board",
                "a link that can be followed")
            // Nothing new, nothing said.
            await self.pass(site, 1)
            await self.pass(site, 2)
            #expect(receiver.all.count == 1)
            source.set([(Self.a, "1"), (Self.b, "1")])
            await self.pass(site, 3)
            #expect(receiver.all.count == 2 && receiver.all.last?.body["alerts"]?.array?.count == 2)
            for minute in 4..<13 { await self.pass(site, Int64(minute)) }
            #expect(receiver.all.count == 2)
            await self.pass(site, 13)
            #expect(receiver.all.count == 3, "after the repeat interval")
            source.set([(Self.a, "0"), (Self.b, "1")])
            await self.pass(site, 14)
            let last = try #require(receiver.all.last?.body)
            #expect(last["alerts"]?.array?.map { $0["status"]?.string } == ["firing", "resolved"])
            source.set([(Self.a, "0"), (Self.b, "0")])
            await self.pass(site, 15)
            #expect(receiver.all.last?.body["status"]?.string == "resolved")
            #expect(receiver.all.last?.body["state"]?.string == "ok")
            let count = receiver.all.count
            await self.pass(site, 16)
            await self.pass(site, 30)
            #expect(receiver.all.count == count, "what has ended is not told again")
            let shown = try await site.send(.get, AlertingTests.base + "/contact-points")
            #expect(shown.json[0]?["status"]?["lastNotifyAttemptError"]?.string == "")
        }
    }

    @Test func triesAgainWhatMayPass() async throws {
        let receiver = Receiver()
        try await receiver.listen { port in
            let source = AlertEvaluationTests.Source()
            let site = try await self.site(source, port: port)
            source.set([(Self.a, "1")])
            receiver.statuses.withLock { $0 = [500] }
            await self.pass(site, 0)
            #expect(receiver.all.count == 2, "a fault of the server passes")
            source.set([(Self.a, "1"), (Self.b, "1")])
            receiver.statuses.withLock { $0 = [400] }
            await self.pass(site, 1)
            #expect(receiver.all.count == 3, "what was refused is not tried again at once")
            let shown = try await site.send(.get, "/api/alertmanager/grafana/config/api/v1/receivers")
            #expect(
                shown.json[0]?["integrations"]?[0]?["lastNotifyAttemptError"]?.string?.contains("status 400")
                    == true)
            await self.pass(site, 2)
            #expect(receiver.all.count == 4, "but with the next turn of the group")
        }
    }

    @Test func silencesAndTimingsKeepQuiet() async throws {
        let receiver = Receiver()
        try await receiver.listen { port in
            let source = AlertEvaluationTests.Source()
            let site = try await self.site(source, port: port)
            source.set([(Self.a, "1"), (Self.b, "1")])
            let silence: JSONValue = [
                "matchers": [["name": "host", "value": "a", "isRegex": false]],
                "startsAt": "2020-01-01T00:00:00Z", "endsAt": "2090-01-01T00:00:00Z", "comment": "x",
            ]
            let made = try await site.send(.post, "/api/alertmanager/grafana/api/v2/silences", silence)
            #expect(made.status == 202, "\(made.text)")
            await self.pass(site, 0)
            #expect(
                receiver.all.last?.body["alerts"]?.array?.compactMap { $0["labels"]?["host"]?.string } == [
                    "b"
                ])
            let alerts = try await site.send(
                .get, "/api/alertmanager/grafana/api/v2/alerts?filter=host%3D%22a%22")
            #expect(alerts.json[0]?["status"]?["state"]?.string == "suppressed")
            let always: JSONValue = ["name": "always", "time_intervals": [["years": ["2000:2100"]]]]
            _ = try await site.send(.post, AlertingTests.base + "/mute-timings", always)
            let tree: JSONValue = [
                "receiver": "hook", "group_wait": "0s", "group_interval": "1m",
                "routes": [["matchers": ["team=a"], "mute_time_intervals": ["always"]]],
            ]
            #expect(try await site.send(.put, AlertingTests.base + "/policies", tree).status == 202)
            let id = try #require(made.json["silenceID"]?.string)
            _ = try await site.send(.delete, "/api/alertmanager/grafana/api/v2/silence/\(id)")
            let count = receiver.all.count
            await self.pass(site, 2)
            #expect(receiver.all.count == count)
        }
    }

    @Test func alertmanagersAreToldInTheirForm() async throws {
        let receiver = Receiver()
        try await receiver.listen { port in
            let source = AlertEvaluationTests.Source()
            let point: JSONObject = [
                "uid": "h", "name": "hook", "type": "prometheus-alertmanager",
                "settings": ["url": .string("http://127.0.0.1:\(port)/am/")],
            ]
            let site = try await self.site(source, port: port, point: point)
            source.set([(Self.a, "1")])
            await self.pass(site, 0)
            let told = try #require(receiver.all.first)
            #expect(told.path == "/am/api/v2/alerts")
            #expect(told.body[0]?["labels"]?["alertname"]?.string == "High")
            #expect(told.body[0]?["endsAt"]?.string == CivilTime(milliseconds: Self.start + 240_000).iso)
        }
    }

    @Test func aRuleMayNameItsReceiverAndEndsWhenItIsDeleted() async throws {
        let receiver = Receiver()
        try await receiver.listen { port in
            let source = AlertEvaluationTests.Source()
            let site = try await self.site(source, port: port, policy: ["receiver": "empty"])
            source.set([(Self.a, "1"), (Self.b, "1")])
            await self.pass(site, 0)
            #expect(receiver.all.isEmpty, "the tree tells nobody")
            let direct = AlertingTests.rule(
                changes: [
                    (
                        "notification_settings",
                        ["receiver": "hook", "group_by": ["..."], "group_wait": "0s", "group_interval": "1m"]
                    )
                ])
            let path = AlertingTests.base + "/alert-rules/r"
            #expect(try await site.send(.put, path, direct).status == 200)
            await self.pass(site, 1)
            #expect(receiver.all.count == 2, "one for each set of labels")
            #expect(receiver.all.allSatisfy { $0.body["alerts"]?.array?.count == 1 })
            #expect(try await site.send(.delete, AlertingTests.base + "/contact-points/h").status == 409)
            #expect(try await site.send(.delete, path).status == 204)
            await self.pass(site, 2)
            #expect(receiver.all.count == 4)
            #expect(receiver.all.suffix(2).allSatisfy { $0.body["status"]?.string == "resolved" })
        }
    }

    @Test func oneThatFailsDoesNotKeepOthersFromHearing() async throws {
        let receiver = Receiver()
        try await receiver.listen { port in
            let source = AlertEvaluationTests.Source()
            let site = try await self.site(source, port: port)
            let deaf: JSONValue = [
                "uid": "d", "name": "deaf", "type": "webhook",
                "settings": ["url": .string("http://127.0.0.1:\(port)/nobody")],
            ]
            let base = AlertingTests.base
            #expect(try await site.send(.post, base + "/contact-points", deaf).status == 202)
            let tree: JSONValue = [
                "receiver": "hook", "group_wait": "0s", "group_interval": "1m",
                "routes": [
                    ["matchers": ["team=a"], "receiver": "deaf", "continue": true],
                    ["matchers": ["team=~a|b"], "receiver": "hook"],
                ],
            ]
            #expect(try await site.send(.put, base + "/policies", tree).status == 202)
            source.set([(Self.a, "1")])
            await self.pass(site, 0)
            #expect(receiver.all.count == 1)
            let shown = try await site.send(.get, base + "/contact-points")
            let faults = shown.json.array?.map { $0["status"]?["lastNotifyAttemptError"]?.string ?? "-" }
            #expect(faults == ["the contact point answered with status 404", ""])
        }
    }

    @Test func templatesShapeWhatIsSent() async throws {
        let receiver = Receiver()
        try await receiver.listen { port in
            let source = AlertEvaluationTests.Source()
            let point: JSONObject = [
                "uid": "h", "name": "hook", "type": "webhook",
                "settings": [
                    "url": .string("http://127.0.0.1:\(port)/hook"), "title": "{{ template \"mine\" . }}",
                    "message": .string(
                        "{{ range .Alerts.Firing }}{{ .Labels.host }} since "
                            + "{{ .StartsAt | tz \"Asia/Tokyo\" | date \"15:04\" }}{{ end }}"),
                ],
            ]
            let site = try await self.site(source, port: port, point: point)
            let path = AlertingTests.base + "/templates/t"
            let bad = try await site.send(.put, path, ["template": "{{ define \"mine\" }}"])
            #expect(bad.status == 400 && bad.text.contains("template"), "\(bad.text)")
            let good: JSONValue = [
                "template": "{{ define \"mine\" }}{{ len .Alerts }} of {{ .Receiver }}{{ end }}"
            ]
            #expect(try await site.send(.put, path, good).status == 202)
            source.set([(Self.a, "1")])
            await self.pass(site, 0)
            let first = try #require(receiver.all.first)
            #expect(first.body["title"]?.string == "1 of hook")
            #expect(first.body["message"]?.string == "a since 17:00")
            // One that fails goes out with the reason in its place.
            let failing: JSONValue = ["template": "{{ define \"other\" }}{{ end }}"]
            #expect(try await site.send(.put, path, failing).status == 202)
            source.set([(Self.a, "1"), (Self.b, "1")])
            await self.pass(site, 1)
            #expect(receiver.all.last?.body["title"]?.string == "[FIRING:2] High")
            let message = receiver.all.last?.body["message"]?.string
            #expect(message?.hasPrefix("a since 17:00b since") == true, "\(message ?? "")")
        }
    }

    @Test func whatWasToldOutlivesARestart() async throws {
        let receiver = Receiver()
        try await receiver.listen { port in
            let source = AlertEvaluationTests.Source()
            let site = try await self.site(source, port: port)
            source.set([(Self.a, "1")])
            await self.pass(site, 0)
            #expect(receiver.all.count == 1)
            /// Another program on the same database.
            func restart() -> (AlertScheduler, AlertNotifier) {
                let notifier = AlertNotifier(
                    store: site.server.store, delivery: Self.delivery(site), logger: site.server.logger)
                let scheduler = AlertScheduler(
                    store: site.server.store,
                    evaluator: AlertEvaluator(
                        store: site.server.store, dataSources: site.server.dataSources, timeout: 10_000),
                    settings: site.server.settings, logger: site.server.logger, notify: notifier.take)
                return (scheduler, notifier)
            }
            func pass(_ pair: (AlertScheduler, AlertNotifier), _ minutes: Int64) async {
                await pair.0.evaluateAll(at: Self.start + minutes * 60_000)
                await pair.1.flush(at: Self.start + minutes * 60_000)
            }
            let second = restart()
            await pass(second, 1)
            await pass(second, 2)
            #expect(receiver.all.count == 1, "who has heard of it does not hear again")
            source.set([(Self.a, "1"), (Self.b, "1")])
            await pass(second, 3)
            #expect(receiver.all.count == 2 && receiver.all.last?.body["alerts"]?.array?.count == 2)
            await pass(restart(), 8)
            #expect(receiver.all.count == 2)
            await pass(restart(), 13)
            #expect(receiver.all.count == 3, "after the repeat interval")
            // What ends while nobody watches is told by the next.
            source.set([(Self.a, "0"), (Self.b, "0")])
            let last = restart()
            for minute in Int64(14)..<16 { await pass(last, minute) }
            #expect(receiver.all.last?.body["status"]?.string == "resolved")
            #expect(try await site.server.store.alertsTold().isEmpty, "what has ended is forgotten")
        }
    }

    private static func delivery(_ site: Site) -> AlertDelivery {
        AlertDelivery(
            client: site.server.dataSources,
            wording: AlertWording(
                workers: site.server.workers, rootURL: "http://m/", logger: site.server.logger))
    }

    /// What services are sent, each in its form.
    @Test func servicesAreToldInTheirForms() async throws {
        let receiver = Receiver()
        try await receiver.listen { port in
            let source = AlertEvaluationTests.Source()
            let site = try await self.site(source, port: port)
            source.set([(Self.a, "1")])
            await site.server.scheduler.evaluateAll(at: Self.start)
            let rule = try #require(try await site.server.store.alertRule(uid: "r"))
            let instance = try #require(site.server.scheduler.state(of: "r").instances.values.first)
            let notice = AlertNotice(rule: rule, instance: instance, reportedAt: Self.start)
            var delivery = Self.delivery(site)
            delivery.telegramURL = "http://127.0.0.1:\(port)"
            let url = JSONValue.string("http://127.0.0.1:\(port)/hook")
            func send(
                _ type: String, _ settings: JSONObject, isFiring: Bool = true
            ) async throws -> Receiver.Heard {
                let point = try ContactPoint(
                    ["name": "p", "type": .string(type), "settings": .object(settings)])
                let group = AlertNoticeGroup(
                    receiver: "p", labels: ["alertname": "High"], firing: isFiring ? [notice] : [],
                    resolved: isFiring ? [] : [notice],
                    time: isFiring ? Self.start : Self.start + 3_600_000)
                try await delivery.send(group, to: point)
                return try #require(receiver.all.last)
            }
            let title = "[FIRING:1] High (Team a a)"
            let discord = try await send("discord", ["url": url]).body
            #expect(discord["embeds"]?[0]?["title"]?.string == title)
            #expect(discord["content"]?.string?.hasPrefix("**Firing**") == true)
            #expect(discord["embeds"]?[0]?["color"]?.int == 14_037_554)
            let teams = try await send("teams", ["url": url, "title": "{{ .Status }}"]).body
            let card = teams["attachments"]?[0]?["content"]
            #expect(teams["summary"]?.string == "firing" && card?["type"]?.string == "AdaptiveCard")
            #expect(card?["body"]?[0]?["color"]?.string == "attention")
            let telegram = try await send(
                "telegram",
                [
                    "bottoken": "1x", "chatid": -5, "message": "{{ len .Alerts }}",
                    "disable_notifications": true,
                ])
            #expect(telegram.path == "/bot1x/sendMessage" && telegram.body["text"]?.string == "1")
            #expect(telegram.body["chat_id"]?.string == "-5" && telegram.body["parse_mode"]?.string == "HTML")
            #expect(telegram.body["disable_notification"]?.bool == true)
            let pager: JSONObject = [
                "url": url, "integrationKey": "k", "severity": "{{ .CommonLabels.team }}",
                "details": ["host": "{{ .CommonLabels.host }}"],
            ]
            let page = try await send("pagerduty", pager).body
            #expect(page["routing_key"]?.string == "k" && page["event_action"]?.string == "trigger")
            #expect(page["payload"]?["summary"]?.string == title)
            #expect(page["payload"]?["severity"]?.string == "critical", "no severity that is known")
            #expect(page["payload"]?["custom_details"]?["host"]?.string == "a")
            #expect(page["payload"]?["custom_details"]?["num_firing"]?.string == "1")
            let end = try await send("pagerduty", pager, isFiring: false).body
            #expect(end["event_action"]?.string == "resolve" && end["dedup_key"] == page["dedup_key"])
            let genie = try await send("opsgenie", ["apiUrl": url, "apiKey": "k"])
            #expect(genie.authorization == "GenieKey k" && genie.body["message"]?.string == title)
            #expect(genie.body["tags"]?.array?.contains("host:a") == true)
            let closed = try await send("opsgenie", ["apiUrl": url, "apiKey": "k"], isFiring: false)
            let alias = try #require(genie.body["alias"]?.string)
            #expect(closed.path == "/hook/\(alias)/close")
            let mail = await #expect(throws: AlertDelivery.Failure.self) {
                _ = try await send("email", ["addresses": "a@example.org"])
            }
            #expect(mail?.message == AlertMail.missing)
            var settings = MailSettings()
            (settings.isEnabled, settings.port) = (true, 1)
            delivery.mail = AlertMail(settings, site.server.logger)
            let refused = await #expect(throws: AlertDelivery.Failure.self) {
                _ = try await send("email", ["addresses": "a@example.org;b\r\nRCPT"])
            }
            #expect(refused?.message.contains("no address") == true && refused?.isPassing == false)
            let away = await #expect(throws: AlertDelivery.Failure.self) {
                _ = try await send("email", ["addresses": "a@example.org"])
            }
            #expect(away?.isPassing == true)
            for (type, settings) in [
                ("discord", [:]), ("teams", ["url": "ftp://x"]), ("telegram", ["bottoken": "x"]),
                ("pagerduty", [:]), ("opsgenie", [:]),
            ] as [(String, JSONObject)] {
                #expect(throws: DashboardsError.self, "\(type)") {
                    try ContactPoint(["name": "p", "type": .string(type), "settings": .object(settings)])
                }
            }
        }
    }

    @Test func contactPointsHaveNoWayToSecretAddresses() async throws {
        let source = AlertEvaluationTests.Source()
        let point: JSONObject = [
            "uid": "h", "name": "hook", "type": "webhook",
            "settings": ["url": "http://169.254.169.254/latest"],
        ]
        let site = try await self.site(source, port: 1, point: point)
        let error = await #expect(throws: DataSourceFailure.self) {
            _ = try await site.server.dataSources.deliver(
                to: "http://169.254.169.254/latest", method: .post, headers: [], body: ByteBuffer())
        }
        #expect(error?.message.contains("link-local") == true)
    }
}
