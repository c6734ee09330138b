import Synchronization

/// The events of the last day, bounded by age and number for each kind, and those who wait for more.
final class EventLog: Sendable {
    private struct State {
        /// By kind, oldest first.
        var events: [ContainerEvent.Kind: [ContainerEvent]] = [:]
        var streams:
            [Int: (request: ContainerEventRequest, continuation: AsyncStream<ContainerEvent>.Continuation)] =
                [:]
        var nextStream = 0
    }

    /// The most who may wait at the same time.
    static let streamsMax = 200

    private let limits: EventLimits
    private let state = Mutex(State())

    init(limits: EventLimits) { self.limits = limits }

    func add(_ event: ContainerEvent) {
        let receivers: [AsyncStream<ContainerEvent>.Continuation] = state.withLock { state in
            var list = state.events[event.kind] ?? []
            list.append(event)
            // Creation times of cgroups found at the start come in any order.
            if list.count > 1, list[list.count - 2].time > event.time { list.sort { $0.time < $1.time } }
            let oldest = event.time - limits.age(event.kind)
            let tooMany = max(list.count - limits.count(event.kind), 0)
            let tooOld = list.prefix { $0.time < oldest && event.kind != .containerCreation }.count
            list.removeFirst(max(tooMany, tooOld))
            state.events[event.kind] = list
            return state.streams.values.filter { $0.request.takes(event) }.map(\.continuation)
        }
        for receiver in receivers { receiver.yield(event) }
    }

    /// The newest events that are asked for, oldest first.
    func events(_ request: ContainerEventRequest) -> [ContainerEvent] {
        let found = state.withLock { state in
            request.kinds.flatMap { state.events[$0] ?? [] }.filter(request.takes)
        }.sorted { $0.time < $1.time }
        return request.count.map { Array(found.suffix($0)) } ?? found
    }

    /// Events from now on. nil when too many wait already.
    func stream(_ request: ContainerEventRequest) -> AsyncStream<ContainerEvent>? {
        let (stream, continuation) = AsyncStream.makeStream(
            of: ContainerEvent.self, bufferingPolicy: .bufferingNewest(1000))
        let number: Int? = state.withLock { state in
            guard state.streams.count < EventLog.streamsMax else { return nil }
            state.nextStream += 1
            state.streams[state.nextStream] = (request, continuation)
            return state.nextStream
        }
        guard let number else { return nil }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.streams.removeValue(forKey: number) }
        }
        return stream
    }

    var hasStreams: Bool { state.withLock { !$0.streams.isEmpty } }

    func finish() {
        for stream in state.withLock({ Array($0.streams.values) }) { stream.continuation.finish() }
    }
}

/// How many events are kept and for how long.
public struct EventLimits: Sendable {
    /// Seconds, and counts, by kind's name; "default" is for the others. 0 keeps none.
    public var ages: [String: Double] = ["default": 86_400]
    public var counts: [String: Int] = ["default": 100_000]

    public init() {}

    func age(_ kind: ContainerEvent.Kind) -> Int64 {
        Int64(max(0, min(value(ages, kind) ?? 86_400, 1e9)) * 1000)
    }

    func count(_ kind: ContainerEvent.Kind) -> Int { max(0, value(counts, kind) ?? 100_000) }

    private func value<Value>(_ table: [String: Value], _ kind: ContainerEvent.Kind) -> Value? {
        let short =
            kind == .containerCreation ? "creation" : kind == .containerDeletion ? "deletion" : kind.rawValue
        return table[kind.rawValue] ?? table[short] ?? table["default"]
    }
}
