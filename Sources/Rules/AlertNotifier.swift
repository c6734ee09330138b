public import Instruments
import JSON
public import Logging
public import MetricModel
import Platform
public import ServiceLifecycle
import Synchronization
public import WebClient

/// One Alertmanager to tell.
public struct AlertmanagerEndpoint: Sendable, Equatable {
    /// With the path, for instance `http://localhost:9093/api/v2/alerts`.
    public var url: String
    public var client: HTTPClientSettings
    /// Milliseconds.
    public var timeout: Int64
    /// Applied to alerts for this one only.
    public var relabelRules: [RelabelRule]

    public init(
        url: String, client: HTTPClientSettings = HTTPClientSettings(), timeout: Int64 = 10_000,
        relabelRules: [RelabelRule] = []
    ) {
        self.url = url
        self.client = client
        self.timeout = timeout
        self.relabelRules = relabelRules
    }
}

/// Delivers alerts to Alertmanagers. Each has a queue of its own: one that is slow or down holds up no
/// other. What cannot be delivered is dropped, since firing alerts are sent again anyway.
public final class AlertNotifier: Service {
    private struct Receiver {
        let endpoint: AlertmanagerEndpoint
        var queue: [Notification] = []
        var task: Task<Void, Never>?
        let signal: AsyncStream<Void>.Continuation
        let signals: AsyncStream<Void>
    }

    private struct State {
        var isRunning = false
        var receivers: [Receiver] = []
        var externalLabels = Labels.empty
        var relabelRules: [RelabelRule] = []
    }

    private let state = Mutex(State())
    private let logger: Logger
    private let userAgent: String
    private let queueCapacity: Int
    private let batchSize: Int
    private let drainsQueue: Bool
    private let sent: Family<Counter>
    private let failed: Family<Counter>
    private let dropped: Counter
    private let latency: DurationSummary

    /// - Parameters:
    ///   - queueCapacity: the most alerts that wait for one Alertmanager; the oldest are dropped.
    ///   - batchSize: the most alerts of one request.
    ///   - drainsQueue: whether what waits is still sent at the end.
    /// - Throws: `InstrumentError` when the registry has the families already.
    public init(
        logger: Logger, registry: Registry? = nil, userAgent: String = "Martlet", queueCapacity: Int = 10_000,
        batchSize: Int = 256,
        drainsQueue: Bool = true
    ) throws {
        let registry = registry ?? Registry()
        self.logger = logger
        self.userAgent = userAgent
        self.queueCapacity = queueCapacity
        self.batchSize = batchSize
        self.drainsQueue = drainsQueue
        sent = try registry.counters(
            "prometheus_notifications_sent_total", help: "Alerts sent.", labels: ["alertmanager"])
        failed = try registry.counters(
            "prometheus_notifications_errors_total", help: "Alerts that could not be sent.",
            labels: ["alertmanager"])
        latency = DurationSummary(
            name: "prometheus_notifications_latency_seconds",
            help: "How long requests to Alertmanagers took.", label: "alertmanager")
        try registry.register(latency)
        dropped = try registry.counter(
            "prometheus_notifications_dropped_total", help: "Alerts dropped for errors or a full queue.")
        try registry.gauge(
            "prometheus_notifications_queue_capacity", help: "The most alerts that wait for one Alertmanager."
        ) {
            Double(queueCapacity)
        }
        try registry.gauge(
            "prometheus_notifications_queue_length", help: "Alerts that wait, of all Alertmanagers."
        ) { [weak self] in
            Double(self?.state.withLock { $0.receivers.reduce(0) { $0 + $1.queue.count } } ?? 0)
        }
        try registry.gauge(
            "prometheus_notifications_alertmanagers_discovered",
            help: "Alertmanagers that alerts are sent to."
        ) { [weak self] in
            Double(self?.endpoints.count ?? 0)
        }
    }

    /// Replaces the Alertmanagers; those that stay keep their queues.
    ///
    /// - Parameters:
    ///   - externalLabels: added to alerts that do not have them.
    ///   - relabelRules: applied to all alerts, after that.
    public func apply(
        _ endpoints: [AlertmanagerEndpoint], externalLabels: Labels = .empty, relabelRules: [RelabelRule] = []
    ) {
        state.withLock { state in
            state.externalLabels = externalLabels
            state.relabelRules = relabelRules
            var old = state.receivers
            state.receivers = endpoints.map { endpoint in
                if let index = old.firstIndex(where: { $0.endpoint == endpoint }) {
                    return old.remove(at: index)
                }
                let (signals, signal) = AsyncStream.makeStream(
                    of: Void.self, bufferingPolicy: .bufferingNewest(1))
                return Receiver(endpoint: endpoint, signal: signal, signals: signals)
            }
            for receiver in old {
                receiver.task?.cancel()
                receiver.signal.finish()
            }
            if state.isRunning { startTasks(&state) }
        }
    }

    /// The URLs of the Alertmanagers.
    public var endpoints: [String] { state.withLock { $0.receivers.map(\.endpoint.url) } }

    /// Queues alerts for all Alertmanagers. Does not block.
    public func send(_ notifications: [Notification]) {
        state.withLock { state in
            var relabeled: [Notification] = []
            for notification in notifications {
                var labels = LabelsBuilder(notification.labels)
                for (name, value) in state.externalLabels.pairs where labels.value(of: name) == nil {
                    labels.set(name, value)
                }
                guard RelabelRule.apply(state.relabelRules, to: &labels) else { continue }
                var changed = notification
                changed.labels = labels.labels()
                relabeled.append(changed)
            }
            for index in state.receivers.indices {
                state.receivers[index].queue += relabeled
                let excess = state.receivers[index].queue.count - queueCapacity
                if excess > 0 {
                    state.receivers[index].queue.removeFirst(excess)
                    dropped.increment(by: UInt64(excess))
                }
                state.receivers[index].signal.yield()
            }
        }
    }

    /// Delivers until the service group shuts down gracefully or the task is cancelled.
    public func run() async throws {
        state.withLock { state in
            state.isRunning = true
            startTasks(&state)
        }
        // Cancelled or gracefully told: the end is the same.
        try? await gracefulShutdown()
        let tasks = state.withLock { state in
            if !drainsQueue { for index in state.receivers.indices { state.receivers[index].queue = [] } }
            for receiver in state.receivers { receiver.signal.finish() }
            return state.receivers.compactMap(\.task)
        }
        for task in tasks { await task.value }
    }

    private func startTasks(_ state: inout State) {
        for index in state.receivers.indices where state.receivers[index].task == nil {
            let (endpoint, signals) = (state.receivers[index].endpoint, state.receivers[index].signals)
            state.receivers[index].task = Task { await self.deliver(to: endpoint, signals) }
        }
    }

    private func deliver(to endpoint: AlertmanagerEndpoint, _ signals: AsyncStream<Void>) async {
        let client: OutgoingClient
        do { client = try OutgoingClient(endpoint.client, userAgent: userAgent) } catch {
            logger.error(
                "cannot reach an Alertmanager",
                metadata: ["alertmanager": "\(endpoint.url)", "error": "\(error)"])
            return
        }
        for await _ in signals {
            while let batch = nextBatch(endpoint), !Task.isCancelled {
                await deliver(batch, to: endpoint, client)
            }
        }
    }

    private func nextBatch(_ endpoint: AlertmanagerEndpoint) -> [Notification]? {
        state.withLock { state in
            guard let index = state.receivers.firstIndex(where: { $0.endpoint == endpoint }),
                !state.receivers[index].queue.isEmpty
            else { return nil }
            let batch = Array(state.receivers[index].queue.prefix(batchSize))
            state.receivers[index].queue.removeFirst(batch.count)
            return batch
        }
    }

    private func deliver(_ batch: [Notification], to endpoint: AlertmanagerEndpoint, _ client: OutgoingClient)
        async
    {
        var alerts: [JSONValue] = []
        for notification in batch {
            var labels = LabelsBuilder(notification.labels)
            guard RelabelRule.apply(endpoint.relabelRules, to: &labels) else { continue }
            alerts.append(Self.json(notification, labels.labels()))
        }
        guard !alerts.isEmpty else { return }
        var request = OutgoingRequest(url: endpoint.url)
        request.method = "POST"
        request.headers = [("Content-Type", "application/json")]
        request.body = JSONValue.array(alerts).bytes()
        request.timeout = endpoint.timeout
        request.bodySizeLimit = 1 << 20
        let begin = MonotonicTime.nanoseconds()
        defer { latency.observe(Double(MonotonicTime.nanoseconds() - begin) / 1e9, label: endpoint.url) }
        do {
            let response = try await client.send(request)
            guard response.status / 100 == 2 else {
                throw RulesError(.delivery, "bad response status \(response.status) \(response.reason)")
            }
            try? sent.labels(endpoint.url).increment(by: UInt64(alerts.count))
        } catch {
            try? failed.labels(endpoint.url).increment(by: UInt64(alerts.count))
            dropped.increment(by: UInt64(alerts.count))
            logger.error(
                "cannot send alerts",
                metadata: [
                    "alertmanager": "\(endpoint.url)", "count": "\(alerts.count)", "error": "\(error)",
                ])
        }
    }

    private static func json(_ notification: Notification, _ labels: Labels) -> JSONValue {
        func object(_ labels: Labels) -> JSONValue {
            .object(JSONObject(labels.pairs.map { ($0.name, .string($0.value)) }))
        }
        return [
            "annotations": object(notification.annotations),
            "endsAt": .string(RFC3339Text.format(notification.endsAt)),
            "startsAt": .string(RFC3339Text.format(notification.startsAt)),
            "generatorURL": .string(notification.generatorURL),
            "labels": object(labels),
        ]
    }
}
