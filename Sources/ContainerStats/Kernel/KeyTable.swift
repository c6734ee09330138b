/// Finds the slot of a key, such as `total_rss`, by the hash that ``FileReader/wordHash(until:)``
/// computes while it scans, so that no string is made for it.
///
/// Two different 64-bit hashes of the kernel's few key names never meet in practice; a stray key that
/// did would give a wrong number, nothing worse.
struct KeyTable {
    static let seed: UInt64 = 0xcbf2_9ce4_8422_2325
    static let prime: UInt64 = 0x100_0000_01b3

    private var hashes: [UInt64]
    private var slots: [Int]
    private let mask: Int

    /// The slot of a key is its place in `keys`.
    init(_ keys: [StaticString]) {
        var size = 16
        while size < keys.count * 4 { size *= 2 }
        mask = size - 1
        hashes = Array(repeating: 0, count: size)
        slots = Array(repeating: -1, count: size)
        for (slot, key) in keys.enumerated() {
            var hash = KeyTable.seed
            for byte in UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount) {
                hash = (hash ^ UInt64(byte)) &* KeyTable.prime
            }
            var place = Int(truncatingIfNeeded: hash) & mask
            while slots[place] >= 0 { place = (place + 1) & mask }
            hashes[place] = hash
            slots[place] = slot
        }
    }

    /// The slot of the key with this hash, or -1.
    func slot(_ hash: UInt64) -> Int {
        var place = Int(truncatingIfNeeded: hash) & mask
        while slots[place] >= 0 {
            if hashes[place] == hash { return slots[place] }
            place = (place + 1) & mask
        }
        return -1
    }
}
