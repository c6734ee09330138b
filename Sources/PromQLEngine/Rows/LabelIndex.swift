import MetricModel

/// Numbers label sets (or keys made of their bytes) from 0 in order of first appearance.
///
/// An open-addressing table over XXH64; far cheaper than a dictionary with string keys.
struct LabelIndex {
    /// Index + 1, 0 is empty; a power of two long.
    private var slots: [UInt32]
    private var hashes: [UInt64] = []
    /// Key `i` is `bytes[ends[i - 1] ..< ends[i]]`.
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    init(capacity: Int) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        slots = Array(repeating: 0, count: size)
    }

    var count: Int { hashes.count }

    mutating func insert(_ labels: Labels) -> (index: Int, isNew: Bool) {
        labels.packed.withUnsafeBufferPointer { insert($0) }
    }

    mutating func insert(_ key: [UInt8]) -> (index: Int, isNew: Bool) {
        key.withUnsafeBufferPointer { insert($0) }
    }

    mutating func insert(_ key: UnsafeBufferPointer<UInt8>) -> (index: Int, isNew: Bool) {
        let hash = Labels.stableHash(key)
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if hashes[index] == hash, isEqual(index, key) { return (index, false) }
            slot = (slot + 1) & (slots.count - 1)
        }
        hashes.append(hash)
        bytes.append(contentsOf: key)
        ends.append(bytes.count)
        slots[slot] = UInt32(truncatingIfNeeded: hashes.count)
        if hashes.count * 2 > slots.count { grow() }
        return (hashes.count - 1, true)
    }

    /// The number of a key, or nil.
    func find(_ key: [UInt8]) -> Int? {
        key.withUnsafeBufferPointer { key in
            let hash = Labels.stableHash(key)
            var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
            while slots[slot] != 0 {
                let index = Int(slots[slot]) - 1
                if hashes[index] == hash, isEqual(index, key) { return index }
                slot = (slot + 1) & (slots.count - 1)
            }
            return nil
        }
    }

    /// The bytes of a key.
    func key(_ index: Int) -> ArraySlice<UInt8> {
        bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
    }

    private func isEqual(_ index: Int, _ key: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = index == 0 ? 0 : ends[index - 1]
        guard ends[index] - start == key.count else { return false }
        for i in 0..<key.count where bytes[start + i] != key[i] { return false }
        return true
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: slots.count * 2)
        for index in hashes.indices {
            var slot = Int(truncatingIfNeeded: hashes[index]) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(truncatingIfNeeded: index + 1)
        }
    }
}
