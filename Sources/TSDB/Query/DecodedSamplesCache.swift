internal import Synchronization

/// Keeps samples of blocks decoded while the same series are asked for again and again, as dashboards do. Blocks do not
/// change, so that nothing in it is ever out of date.
final class DecodedSamplesCache: Sendable {
    struct Key: Hashable, Sendable {
        /// See ``Block/number``.
        var block: UInt64
        var series: UInt32
    }

    enum Answer {
        case samples(DecodedSamples)
        /// Asked for before: worth to be decoded whole and given to ``keep(_:_:)``.
        case wanted
        case unknown
    }

    private struct Entry {
        /// Nil: not fit to be kept decoded, or there was no room.
        var samples: DecodedSamples?
        var isUsed = true

        var byteCount: Int { samples?.byteCount ?? 64 }
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var byteCount = 0
        /// Of keys that were asked for of late a part of the hash, in a place that another part chooses.
        var asked: [UInt16] = []
    }

    private final class Shard: Sendable {
        let state = Mutex(State())
    }

    private static let placeCount = 4096
    private let shards: [Shard]
    private let byteCountMax: Int

    /// - Parameter byteCountMax: the most memory that the samples take, bytes; 0 keeps none.
    init(byteCountMax: Int) {
        shards = (0..<16).map { _ in Shard() }
        self.byteCountMax = byteCountMax / shards.count
    }

    func find(_ key: Key) -> Answer {
        guard byteCountMax > 0 else { return .unknown }
        let hash = UInt(bitPattern: key.hashValue)
        return shards[Int(hash % 16)].state.withLock { state in
            if let place = state.entries.index(forKey: key) {
                state.entries.values[place].isUsed = true
                return state.entries.values[place].samples.map { .samples($0) } ?? .unknown
            }
            guard state.byteCount < byteCountMax else { return .unknown }
            if state.asked.isEmpty { state.asked = [UInt16](repeating: 0, count: Self.placeCount) }
            // One of four neighbours.
            let first = Int(hash >> 4) % Self.placeCount & ~3
            let mark = UInt16(truncatingIfNeeded: hash >> 40) | 1
            let places = first..<first + 4
            if let place = places.first(where: { state.asked[$0] == mark }) {
                state.asked[place] = 0
                return .wanted
            }
            state.asked[places.first { state.asked[$0] == 0 } ?? first + Int(hash >> 60 & 3)] = mark
            return .unknown
        }
    }

    /// How many samples there are of a key; nil where they are not kept.
    func sampleCount(_ key: Key) -> Int? {
        let hash = UInt(bitPattern: key.hashValue)
        return shards[Int(hash % 16)].state.withLock { $0.entries[key]?.samples?.count }
    }

    /// - Parameter samples: all of the block's; nil where they are not fit to be kept decoded.
    func keep(_ key: Key, _ samples: DecodedSamples?) {
        let hash = UInt(bitPattern: key.hashValue)
        shards[Int(hash % 16)].state.withLock { state in
            var entry = Entry(samples: samples)
            // Without room it must not be decoded whole in vain again and again.
            if state.byteCount + entry.byteCount > byteCountMax { entry.samples = nil }
            guard state.byteCount + entry.byteCount <= byteCountMax, state.entries[key] == nil else { return }
            state.entries[key] = entry
            state.byteCount += entry.byteCount
        }
    }

    /// Lets go of what was not asked for since it was called before.
    func forgetUnused() {
        for shard in shards {
            shard.state.withLock { state in
                state.asked = []
                var kept: [Key: Entry] = [:]
                state.byteCount = 0
                for (key, entry) in state.entries where entry.isUsed {
                    kept[key] = Entry(samples: entry.samples, isUsed: false)
                    state.byteCount += entry.byteCount
                }
                state.entries = kept
            }
        }
    }

    /// Memory that the samples take, bytes.
    var byteCount: Int { shards.reduce(0) { sum, shard in sum + shard.state.withLock(\.byteCount) } }
}
