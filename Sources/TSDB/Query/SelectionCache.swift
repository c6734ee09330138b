internal import StorageAPI
internal import Synchronization

/// The sorted answers of recent selections over the head, so that a dashboard that asks the same again
/// neither intersects nor sorts.
final class SelectionCache: Sendable {
    private struct Entry {
        var generation: UInt64
        var references: [UInt32]
        var used: UInt64
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var clock: UInt64 = 0
        var size = 0
    }

    private let state = Mutex(State())
    /// References that all entries together may hold.
    private let sizeMax = 1 << 20

    /// - Parameter generation: changes whenever a series comes or goes.
    func find(_ key: String, generation: UInt64) -> [UInt32]? {
        state.withLock { state in
            guard let entry = state.entries[key], entry.generation == generation else { return nil }
            state.clock += 1
            state.entries[key]?.used = state.clock
            return entry.references
        }
    }

    func insert(_ key: String, generation: UInt64, _ references: [UInt32]) {
        guard references.count < sizeMax / 4 else { return }
        state.withLock { state in
            state.clock += 1
            if let old = state.entries.updateValue(
                Entry(generation: generation, references: references, used: state.clock), forKey: key)
            {
                state.size -= old.references.count
            }
            state.size += references.count
            while state.size > sizeMax || state.entries.count > 512 {
                guard let oldest = state.entries.min(by: { $0.value.used < $1.value.used }) else { break }
                state.entries[oldest.key] = nil
                state.size -= oldest.value.references.count
            }
        }
    }
}
