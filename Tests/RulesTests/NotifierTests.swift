import HTTPTypes
import Hummingbird
import JSON
import Logging
import MetricModel
import NIOCore
import Synchronization
import Testing

@testable import Rules

@Suite struct NotifierTests {
    /// Keeps the bodies that are posted to it.
    private final class Receiver: Sendable {
        let bodies = Mutex<[JSONValue]>([])
        let status = Mutex<HTTPResponse.Status>(.ok)

        func run(_ body: @escaping @Sendable (String) async throws -> Void) async throws {
            let router = Router()
            router.post("api/v2/alerts") { [self] request, _ in
                let buffer = try await request.body.collect(upTo: 1 << 20)
                let value = try JSONValue.parse(Array(buffer: buffer))
                bodies.withLock { $0.append(value) }
                return Response(status: status.withLock { $0 })
            }
            let (ports, port) = AsyncStream.makeStream(of: Int.self)
            let application = Application(
                router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { channel in port.yield(channel.localAddress?.port ?? 0) },
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try await application.run()
                    return false
                }
                group.addTask {
                    for await port in ports {
                        try await body("http://127.0.0.1:\(port)/api/v2/alerts")
                        break
                    }
                    return true
                }
                while try await group.next() == false {}
                group.cancelAll()
            }
        }
    }

    private func notification(_ name: String) -> Notification {
        Notification(
            labels: Labels([("alertname", name), ("dc", "own")]), annotations: Labels([("s", "t")]),
            startsAt: 1_000, endsAt: 1_700_000_000_123,
            generatorURL: "http://p/graph")
    }

    private func notifier() throws -> AlertNotifier {
        try AlertNotifier(
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, queueCapacity: 5, batchSize: 2)
    }

    private func eventually(_ condition: () -> Bool) async throws {
        for _ in 0..<6000 where !condition() { try await Task.sleep(for: .milliseconds(10)) }
        #expect(condition())
    }

    @Test func alertsArriveAsAlertmanagerWantsThem() async throws {
        let receiver = Receiver()
        try await receiver.run { url in
            let notifier = try notifier()
            notifier.apply(
                [
                    AlertmanagerEndpoint(
                        url: url, relabelRules: [RelabelRule(.replace, targetLabel: "to", replacement: "am")])
                ],
                externalLabels: Labels([("dc", "external"), ("zone", "z")]),
                relabelRules: [RelabelRule(.drop, sourceLabels: ["alertname"], regex: try Pattern("Drop.*"))])
            let task = Task { try await notifier.run() }
            notifier.send([notification("A"), notification("Dropped")])
            try await eventually { receiver.bodies.withLock { $0.count } == 1 }
            task.cancel()
            try await task.value
        }
        let alert = receiver.bodies.withLock { $0[0][0] }
        #expect(receiver.bodies.withLock { $0[0].array?.count } == 1)
        #expect(alert?["labels"] == ["alertname": "A", "dc": "own", "to": "am", "zone": "z"])
        #expect(alert?["annotations"] == ["s": "t"])
        #expect(alert?["startsAt"]?.string == "1970-01-01T00:00:01.000Z")
        #expect(alert?["endsAt"]?.string == "2023-11-14T22:13:20.123Z")
        #expect(alert?["generatorURL"]?.string == "http://p/graph")
    }

    @Test func queuesAreBoundedAndSentInParts() async throws {
        let receiver = Receiver()
        try await receiver.run { url in
            let notifier = try notifier()
            notifier.apply([
                AlertmanagerEndpoint(url: url), AlertmanagerEndpoint(url: "http://127.0.0.1:1/api/v2/alerts"),
            ])
            notifier.send((0..<8).map { notification("A\($0)") })
            let task = Task { try await notifier.run() }
            try await eventually { receiver.bodies.withLock { $0.count } == 3 }
            task.cancel()
            try await task.value
        }
        let names = receiver.bodies.withLock { bodies in
            bodies.flatMap { $0.array ?? [] }.compactMap { $0["labels"]?["alertname"]?.string }
        }
        // The oldest three found no room.
        #expect(names == ["A3", "A4", "A5", "A6", "A7"])
    }
}
