public import Platform
import Synchronization

/// What is written down of the queries that an engine evaluates: which ones run, and which ones ran.
public final class QueryJournal: Sendable {
    private struct State {
        var active: ActiveQueryFile?
        var log: QueryLogFile?
        var failureCount: UInt64 = 0
    }

    private let clock: any WallClock
    private let state = Mutex(State())

    public init(clock: any WallClock = SystemClock()) {
        self.clock = clock
    }

    /// Notes from now on what is running.
    public func track(_ file: ActiveQueryFile) {
        state.withLock { $0.active = file }
    }

    /// Whether there is a query log.
    public var isLogging: Bool { state.withLock { $0.log != nil } }

    /// Lines that could not be written.
    public var failureCount: UInt64 { state.withLock { $0.failureCount } }

    /// Writes the query log to another file from now on; one that is moved away is made anew. An empty path ends it.
    ///
    /// - Throws: `storage` when the file cannot be opened; the old one goes on.
    public func log(to path: String) throws(QueryError) {
        guard !path.isEmpty else {
            state.withLock { $0.log = nil }
            return
        }
        let log = try QueryLogFile.opened(path)
        state.withLock { $0.log = log }
    }

    /// Evaluates by `body`, which stands in the file of active queries meanwhile, and logs the outcome.
    func record(
        _ query: Query, _ origin: QueryOrigin, queueSeconds: Double,
        _ body: () throws(QueryError) -> QueryAnswer
    ) throws(QueryError) -> QueryAnswer {
        let (active, log) = state.withLock { ($0.active, $0.log) }
        let slot = active?.begin(query.text)
        defer { if let slot { active?.end(slot) } }
        guard let log else { return try body() }
        let began = MonotonicTime.nanoseconds()
        var entry = QueryLogEntry(
            query: query, origin: origin, queueSeconds: queueSeconds, totalSeconds: 0, now: 0)
        func write() {
            entry.totalSeconds = queueSeconds + Double(MonotonicTime.nanoseconds() &- began) / 1e9
            entry.now = clock.now()
            if !log.write(entry) { state.withLock { $0.failureCount += 1 } }
        }
        do {
            let answer = try body()
            entry.statistics = answer.statistics
            write()
            return answer
        } catch {
            entry.error = error
            write()
            throw error
        }
    }
}
