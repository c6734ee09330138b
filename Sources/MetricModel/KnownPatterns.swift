internal import Synchronization

/// Patterns that were used of late, compiled: dashboards and rules ask with the same ones again and again, and compiling one
/// takes longer than most of them take to match.
///
/// Bounded: few, short ones that compile within little memory.
final class KnownPatterns: Sendable {
    /// Of the whole process.
    static let shared = KnownPatterns()

    private struct Entry {
        let pattern: Pattern
        var used: UInt64
    }

    private struct State {
        /// By text: as bytes, since strings with different bytes may be equal.
        var entries: [[UInt8]: Entry] = [:]
        var clock: UInt64 = 0
    }

    private let state = Mutex(State())
    private static let countMax = 64
    private static let textBytesMax = 512
    /// Of each, for program and DFA, bytes: enough for what people write.
    private static let memoryMax: Int64 = 256 << 10

    func find(_ text: String) -> Pattern? {
        guard text.utf8.count <= Self.textBytesMax else { return nil }
        return state.withLock { state in
            state.clock += 1
            guard let index = state.entries.index(forKey: Array(text.utf8)) else { return nil }
            state.entries.values[index].used = state.clock
            return state.entries.values[index].pattern
        }
    }

    /// The pattern, compiled now unless it is known.
    func make(_ text: String) throws(PatternError) -> Pattern {
        if let known = find(text) { return known }
        guard text.utf8.count <= Self.textBytesMax,
            let pattern = try? Pattern(text, memoryMax: Self.memoryMax)
        else {
            return try Pattern(text)
        }
        state.withLock { state in
            state.entries[Array(text.utf8)] = Entry(pattern: pattern, used: state.clock)
            guard state.entries.count > Self.countMax,
                let oldest = state.entries.min(by: { $0.value.used < $1.value.used })
            else { return }
            state.entries[oldest.key] = nil
        }
        return pattern
    }
}
