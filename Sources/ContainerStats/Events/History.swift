import Platform
import Synchronization

/// Samples of the last minutes, kept only for containers that somebody asks about, and for a minute
/// after the last question.
final class History: Sendable {
    private struct State {
        var samples: [String: PackedSamples] = [:]
        /// Monotonic nanoseconds until which a container is of interest.
        var wanted: [String: UInt64] = [:]
        var isTicking = false
    }

    /// Nanoseconds for which a question keeps samples coming.
    static let patience: UInt64 = 60_000_000_000

    private let countMax: Int
    private let keepsAll: Bool
    private let state = Mutex(State())

    /// - Parameter countMax: samples of a container.
    init(countMax: Int, keepsAll: Bool) {
        self.countMax = max(countMax, 2)
        self.keepsAll = keepsAll
    }

    /// Notes interest in containers.
    ///
    /// - Returns: true when nobody reads by the clock yet and the caller has to begin.
    func want(_ paths: [String]) -> Bool {
        let until = MonotonicTime.nanoseconds() + History.patience
        return state.withLock { state in
            for path in paths { state.wanted[path] = until }
            guard !state.isTicking, keepsAll || !state.wanted.isEmpty else { return false }
            state.isTicking = true
            return true
        }
    }

    /// Whether the clock is to go on; when false it has been marked as ended.
    func goesOn() -> Bool {
        let now = MonotonicTime.nanoseconds()
        return state.withLock { state in
            state.wanted = state.wanted.filter { $0.value > now }
            if !keepsAll {
                state.samples = state.samples.filter { state.wanted[$0.key] != nil }
                if state.wanted.isEmpty { state.isTicking = false }
            }
            return state.isTicking
        }
    }

    func stop() { state.withLock { $0.isTicking = false } }

    func record(_ snapshot: MachineSnapshot) {
        state.withLock { state in
            guard keepsAll || !state.wanted.isEmpty else { return }
            var seen: Set<String> = []
            for container in snapshot.containers {
                guard keepsAll || state.wanted[container.path] != nil, let sample = container.sample else {
                    continue
                }
                seen.insert(container.path)
                var list = state.samples.removeValue(forKey: container.path) ?? PackedSamples()
                // A counter that fell belongs to another cgroup of the same name.
                if (sample.cpu?.total ?? 0) < list.newestProcessorTime { list = PackedSamples() }
                if list.newestTime.map({ $0 < sample.time }) ?? true {
                    list.append(sample, countMax: countMax)
                }
                state.samples[container.path] = list
            }
            if keepsAll { state.samples = state.samples.filter { seen.contains($0.key) } }
        }
    }

    /// Oldest first.
    func samples(_ path: String) -> [ContainerSample] {
        let packed = state.withLock { $0.samples[path] }
        return packed?.samples(countMax: countMax) ?? []
    }
}
