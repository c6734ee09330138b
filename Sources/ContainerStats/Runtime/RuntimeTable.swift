import Platform
import Synchronization

/// What the collector asks of container runtimes. None of it blocks for longer than it says.
protocol RuntimeRecords: AnyObject, Sendable {
    /// Whether some runtime is there that may still tell a name.
    var mayAnswer: Bool { get }
    /// "" until known.
    var dockerVersion: String { get }
    /// Grows with each change of any record.
    var version: Int { get }
    func record(_ id: ContainerID) -> RuntimeRecord?
    /// Asks for containers that have no record yet, and waits so long for those never asked for before.
    func want(_ ids: [ContainerID], wait: UInt64)
    /// Forgets containers that are no more.
    func keep(only ids: Set<String>)
}

/// The records of all runtimes: each container is inspected once when it is first seen and again when
/// its runtime's event stream says that something changed. A known container never loses its name
/// because a runtime fails to answer.
final class RuntimeTable: RuntimeRecords {
    private struct Entry {
        var record: RuntimeRecord?
        var hint: ContainerIdentity.Runtime?
        var isAsked = false
        var tries = 0
        /// Monotonic nanoseconds before which it is not asked for again.
        var retryTime: UInt64 = 0
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var dockerVersion = ""
        var pending = 0
        var isStopped = false
        /// Messages that have been logged, not to repeat them.
        var logged: Set<String> = []
    }

    /// The most containers that are remembered.
    static let recordsMax = 20_000

    private let sources: [any RuntimeSource]
    private let workers: WorkerThreads
    private let followers: WorkerThreads?
    private let stopSignal = StopSignal()
    private let state = Mutex(State())
    private let versionCount = Atomic<Int>(1)
    private let log: @Sendable (String) -> Void
    private let onEvent: @Sendable (RuntimeEvent) -> Void

    init(
        sources: [any RuntimeSource], log: @escaping @Sendable (String) -> Void,
        onEvent: @escaping @Sendable (RuntimeEvent) -> Void = { _ in }
    ) {
        self.sources = sources
        self.log = log
        self.onEvent = onEvent
        workers = WorkerThreads(name: "inspect", count: 2, queueLimit: 100_000, stackSize: 1 << 20)
        let following = sources.filter(\.canFollow)
        followers =
            following.isEmpty
            ? nil : WorkerThreads(name: "events", count: following.count, stackSize: 512 << 10)
        for source in following {
            followers?.submit { [weak self, stopSignal] in
                RuntimeTable.follow(source, stop: stopSignal) { self }
            }
        }
    }

    deinit { stop() }

    /// Ends the threads; the records stay as they are.
    func stop() {
        stopSignal.stop()
        workers.shutDown()
        followers?.shutDown()
    }

    var mayAnswer: Bool { sources.contains { $0.isPresent } }
    var dockerVersion: String { state.withLock { $0.dockerVersion } }
    var version: Int { versionCount.load(ordering: .relaxed) }

    func record(_ id: ContainerID) -> RuntimeRecord? {
        state.withLock { $0.entries[id.text]?.record }
    }

    /// All records, for finding a container by its name.
    var records: [RuntimeRecord] { state.withLock { $0.entries.values.compactMap(\.record) } }

    func want(_ ids: [ContainerID], wait: UInt64) {
        let now = MonotonicTime.nanoseconds()
        var toAsk: [ContainerID] = []
        var isNew = false
        state.withLock { state in
            for id in ids {
                var entry = state.entries[id.text] ?? Entry()
                guard entry.record == nil, !entry.isAsked, now >= entry.retryTime,
                    state.entries.count < RuntimeTable.recordsMax || entry.tries > 0
                else { continue }
                if entry.tries == 0 { isNew = true }
                entry.isAsked = true
                entry.hint = id.runtime
                state.entries[id.text] = entry
                state.pending += 1
                toAsk.append(id)
            }
        }
        for id in toAsk { ask(id.text, hint: id.runtime) }
        guard isNew, mayAnswer else { return }
        // The collector's own thread may wait a little: a name at the first scrape is worth it.
        let end = now + wait
        while MonotonicTime.nanoseconds() < end, state.withLock({ $0.pending > 0 }) {
            if stopSignal.wait(milliseconds: 2) { return }
        }
    }

    private func ask(_ id: String, hint: ContainerIdentity.Runtime?) {
        let refusal = workers.submit { [weak self] in self?.inspect(id, hint: hint) }
        if refusal != nil { finish(id, with: nil, isRefresh: false) }
    }

    /// Runs on a worker.
    private func inspect(_ id: String, hint: ContainerIdentity.Runtime?, isRefresh: Bool = false) {
        var found: RuntimeRecord?
        for source in sources where source.covers(hint) && source.isPresent {
            do throws(ContainerStatsError) {
                found = try source.inspect(id)
                if found?.runtime == .docker, dockerVersion.isEmpty, let version = try? source.version() {
                    state.withLock { $0.dockerVersion = version }
                }
            } catch {
                logOnce(error.message)
            }
            if found != nil { break }
        }
        finish(id, with: found, isRefresh: isRefresh)
    }

    private func finish(_ id: String, with record: RuntimeRecord?, isRefresh: Bool) {
        state.withLock { state in
            if !isRefresh { state.pending -= 1 }
            guard var entry = state.entries[id] else { return }
            entry.isAsked = false
            if var record {
                record.revision = (entry.record?.revision ?? 0) + 1
                entry.record = record
                entry.tries = 0
            } else {
                entry.tries += 1
                // 0.5 s, 1 s, 2 s … 64 s.
                entry.retryTime = MonotonicTime.nanoseconds() + 500_000_000 << UInt64(min(entry.tries - 1, 7))
            }
            state.entries[id] = entry
        }
        if record != nil { versionCount.add(1, ordering: .relaxed) }
    }

    /// What a runtime tells of itself. Blocks one of the workers, for a bounded time.
    ///
    /// - Throws: `notFound` without such a socket, `runtime` when it does not answer as it should, and
    ///   `WorkerThreads.Refusal`.
    func report(of runtime: ContainerIdentity.Runtime) async throws -> RuntimeReport {
        let source = sources.lazy.compactMap { $0 as? DockerSource }.first {
            $0.runtime == runtime && $0.isPresent
        }
        guard let source else {
            throw ContainerStatsError(.notFound, "no socket of \(runtime.rawValue) is here")
        }
        return try await workers.run { _ in try source.report() }
    }

    /// With what code a container ended; -1 unknown.
    func exitCode(_ id: String) -> Int {
        state.withLock { $0.entries[id]?.record?.exitCode ?? -1 }
    }

    func keep(only ids: Set<String>) {
        state.withLock { state in
            guard state.entries.count > ids.count + 1000 else { return }
            state.entries = state.entries.filter { ids.contains($0.key) || $0.value.isAsked }
        }
    }

    // MARK: - Events

    private static func follow(_ source: any RuntimeSource, stop: StopSignal, table: () -> RuntimeTable?) {
        var delay: Int32 = 500
        while true {
            if source.isPresent {
                do throws(ContainerStatsError) {
                    try source.follow(
                        stop: stop,
                        onOpen: {
                            delay = 500
                            table()?.refreshAll()
                        },
                        event: { table()?.handle($0) })
                } catch {
                    table()?.logOnce(error.message)
                }
            }
            if stop.wait(milliseconds: delay) || table() == nil { return }
            delay = min(delay * 2, 10_000)
        }
    }

    private func handle(_ event: RuntimeEvent) {
        switch event.action {
        case .started, .changed: refresh(event.id)
        case .ended(let exitCode):
            state.withLock { state in
                state.entries[event.id]?.record?.exitCode = exitCode
                state.entries[event.id]?.record?.isRunning = false
                state.entries[event.id]?.record?.pid = 0
            }
            versionCount.add(1, ordering: .relaxed)
        // The record is forgotten with its cgroup: who tells of its end wants the exit code.
        case .removed, .outOfMemory: break
        }
        onEvent(event)
    }

    /// Inspects a known container again; one not known yet is asked for when its cgroup is seen.
    private func refresh(_ id: String) {
        let hint: ContainerIdentity.Runtime?? = state.withLock { state in
            guard var entry = state.entries[id] else { return nil }
            entry.retryTime = 0
            state.entries[id] = entry
            return .some(entry.record?.runtime ?? entry.hint)
        }
        guard let hint else { return }
        workers.submit { [weak self] in self?.inspect(id, hint: hint, isRefresh: true) }
    }

    /// After a (re)connection anything may have changed.
    private func refreshAll() {
        for id in state.withLock({ Array($0.entries.keys) }) { refresh(id) }
    }

    private func logOnce(_ message: String) {
        let isNew = state.withLock { $0.logged.count < 1000 && $0.logged.insert(message).inserted }
        if isNew { log(message) }
    }
}
