/// A hash table from 32 bits of a hash to a number above 0; who asks compares the thing itself. Eight
/// bytes an entry, linear probing, no tombstones.
struct IdentityTable: ~Copyable {
    private struct Entry {
        var hash: UInt32
        var number: UInt32
    }

    private var entries: UnsafeMutablePointer<Entry>
    private var mask: Int
    private(set) var count = 0

    init() {
        mask = 63
        entries = IdentityTable.make(64)
    }

    deinit { entries.deallocate() }

    private static func make(_ capacity: Int) -> UnsafeMutablePointer<Entry> {
        let entries = UnsafeMutablePointer<Entry>.allocate(capacity: capacity)
        entries.initialize(repeating: Entry(hash: 0, number: 0), count: capacity)
        return entries
    }

    /// The number under this hash that `isWanted` accepts, or 0.
    @inline(__always)
    func find(_ hash: UInt32, _ isWanted: (UInt32) -> Bool) -> UInt32 {
        var i = Int(hash) & mask
        while entries[i].number != 0 {
            if entries[i].hash == hash, isWanted(entries[i].number) { return entries[i].number }
            i = (i &+ 1) & mask
        }
        return 0
    }

    /// Adds a number that ``find(_:_:)`` did not find.
    mutating func insert(_ hash: UInt32, _ number: UInt32) {
        if (count + 1) * 4 > (mask + 1) * 3 { grow() }
        count += 1
        place(Entry(hash: hash, number: number))
    }

    mutating func remove(_ hash: UInt32, _ number: UInt32) {
        var i = Int(hash) & mask
        while entries[i].number != number {
            if entries[i].number == 0 { return }
            i = (i &+ 1) & mask
        }
        count -= 1
        // Entries behind the hole move up unless that would put them before their own place.
        var hole = i
        while true {
            i = (i &+ 1) & mask
            if entries[i].number == 0 { break }
            let home = Int(entries[i].hash) & mask
            if (i &- home) & mask >= (i &- hole) & mask {
                entries[hole] = entries[i]
                hole = i
            }
        }
        entries[hole] = Entry(hash: 0, number: 0)
    }

    private func place(_ entry: Entry) {
        var i = Int(entry.hash) & mask
        while entries[i].number != 0 { i = (i &+ 1) & mask }
        entries[i] = entry
    }

    private mutating func grow() {
        let old = entries
        let oldCapacity = mask + 1
        entries = IdentityTable.make(oldCapacity * 2)
        mask = oldCapacity * 2 - 1
        for i in 0..<oldCapacity where old[i].number != 0 { place(old[i]) }
        old.deallocate()
    }
}
