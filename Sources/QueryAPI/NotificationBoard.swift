public import MetricModel
import Synchronization

/// What the operator should know now, and who is to be told of changes.
public final class NotificationBoard: Sendable {
    private struct State {
        /// In the order in which they came.
        var active: [Notification] = []
        var subscribers: [Int: AsyncStream<Notification>.Continuation] = [:]
        var nextNumber = 0
    }

    private let state = Mutex(State())
    private let subscribersMax: Int

    /// - Parameter subscribersMax: the most that listen at once.
    public init(subscribersMax: Int = 16) {
        self.subscribersMax = subscribersMax
    }

    /// In the order in which they came.
    public var active: [Notification] { state.withLock { $0.active } }

    /// Shows a text until ``remove(_:)``.
    public func add(_ text: String, at date: Timestamp) {
        state.withLock { state in
            guard !state.active.contains(where: { $0.text == text }) else { return }
            let notification = Notification(text: text, date: date)
            state.active.append(notification)
            for subscriber in state.subscribers.values { subscriber.yield(notification) }
        }
    }

    public func remove(_ text: String) {
        state.withLock { state in
            guard let index = state.active.firstIndex(where: { $0.text == text }) else { return }
            var notification = state.active.remove(at: index)
            notification.isActive = false
            for subscriber in state.subscribers.values { subscriber.yield(notification) }
        }
    }

    /// What is active now and then each change; ended by `end`. Nil when too many listen.
    func subscribe() -> (changes: AsyncStream<Notification>, end: @Sendable () -> Void)? {
        state.withLock { state in
            guard state.subscribers.count < subscribersMax else { return nil }
            // One that does not read must not fill the memory.
            let (stream, continuation) = AsyncStream.makeStream(
                of: Notification.self, bufferingPolicy: .bufferingNewest(64))
            let number = state.nextNumber
            state.nextNumber += 1
            state.subscribers[number] = continuation
            for notification in state.active { continuation.yield(notification) }
            return (
                stream,
                { [weak self] in
                    self?.state.withLock { $0.subscribers[number] = nil }
                    continuation.finish()
                }
            )
        }
    }
}
