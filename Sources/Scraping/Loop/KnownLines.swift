import StorageAPI

#if canImport(Glibc)
    import Glibc
#endif

/// The lines of a target's last scrapes, found again by place or by their bytes.
///
/// Each known text (the series part of a sample line, or a whole comment) has a slot. `order` lists the
/// slots in the order of the last good scrape: a scraper that walks it beside the next body recognises
/// nearly every line by one comparison of bytes. A hash table finds the others. All texts lie in one
/// buffer; a slot takes 32 bytes, its text, and about 10 bytes in the indexes.
struct KnownLines {
    /// What is known about one text.
    struct Slot {
        var textOffset: UInt32
        var textLength: UInt32
        /// Of a sample: its series. Of a comment: the index of its metadata.
        var reference: UInt64
        var hash: UInt32
        /// The scrape in which the line was last seen.
        var generation: UInt32
        /// Where in `order` the slot is; meaningless while it is not there.
        var position: UInt32
        var kind: Kind
        /// The code of the metric type: of a sample the one in force when it was first read, of a `TYPE`
        /// comment the one that it sets.
        var type: UInt8
        /// False for samples with their own timestamp, which never go stale.
        var isTracked: Bool
        /// Of a sample: whether the store was told the metadata of its family.
        var isDescribed = false
    }

    enum Kind: UInt8 {
        case sample
        /// A sample that relabeling drops.
        case dropped
        case comment
        case typeComment
        /// The place of a removed slot.
        case free
    }

    /// One buffer can hold no more text.
    static let textSizeMax = Int(UInt32.max) / 2

    private(set) var text: [UInt8] = []
    var slots: [Slot] = []
    var order: [UInt32] = []
    private var freeSlots: [UInt32] = []
    /// Open addressing with linear probing; a power of two of places. `vacant` marks an empty place.
    private var table: [UInt32] = []
    private var usedCount = 0
    private var garbage = 0

    private static let vacant = UInt32.max
    /// Differs in each run, so that no target can know which texts collide.
    private static let seed = UInt64.random(in: 0 ... .max) | 1

    /// Slots in use.
    var count: Int { usedCount }

    // MARK: - Finding

    /// The slot of a text, or nil.
    func find(_ wanted: UnsafeBufferPointer<UInt8>, hash: UInt32) -> Int? {
        guard !table.isEmpty else { return nil }
        let mask = table.count - 1
        var place = Int(hash) & mask
        while table[place] != Self.vacant {
            let index = Int(table[place])
            if slots[index].hash == hash, matches(slots[index], wanted) { return index }
            place = (place + 1) & mask
        }
        return nil
    }

    private func matches(_ slot: Slot, _ wanted: UnsafeBufferPointer<UInt8>) -> Bool {
        guard Int(slot.textLength) == wanted.count else { return false }
        guard let start = wanted.baseAddress else { return true }
        return text.withUnsafeBufferPointer { text in
            text.baseAddress.map { memcmp($0 + Int(slot.textOffset), start, wanted.count) == 0 } ?? false
        }
    }

    /// The text of a slot.
    func withText<Result>(of slot: Slot, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        text.withUnsafeBufferPointer {
            body(
                UnsafeBufferPointer(
                    rebasing: $0[Int(slot.textOffset)..<Int(slot.textOffset) + Int(slot.textLength)]))
        }
    }

    /// A hash of the bytes: eight at a time, multiplied and folded.
    static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
        let raw = UnsafeRawBufferPointer(bytes)
        var hash = seed ^ UInt64(raw.count)
        var position = 0
        func mix(_ word: UInt64) {
            let product = (hash ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
            hash = product.high ^ product.low
        }
        while position + 8 <= raw.count {
            mix(raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            position += 8
        }
        var tail: UInt64 = 0
        while position < raw.count {
            tail = tail << 8 | UInt64(raw[position])
            position += 1
        }
        mix(tail)
        mix(seed)
        return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    }

    // MARK: - Changing

    /// Adds a text that is not there yet, or returns nil when the buffer is full.
    mutating func insert(_ newText: UnsafeBufferPointer<UInt8>, hash: UInt32, kind: Kind, type: UInt8) -> Int?
    {
        guard text.count + newText.count <= Self.textSizeMax else { return nil }
        let slot = Slot(
            textOffset: UInt32(text.count), textLength: UInt32(newText.count), reference: 0, hash: hash,
            generation: 0, position: 0, kind: kind, type: type, isTracked: true)
        text.append(contentsOf: newText)
        let index: Int
        if let free = freeSlots.popLast() {
            index = Int(free)
            slots[index] = slot
        } else {
            index = slots.count
            slots.append(slot)
        }
        usedCount += 1
        if (usedCount + 1) * 3 > table.count * 2 {
            rebuildTable()
        } else {
            enter(index)
        }
        return index
    }

    /// Forgets slots. They must not be in `order` any more.
    mutating func remove(_ removed: [UInt32]) {
        let rebuilds = removed.count > usedCount / 8
        for index in removed {
            let slot = slots[Int(index)]
            guard slot.kind != .free else { continue }
            if !rebuilds { leave(Int(index)) }
            garbage += Int(slot.textLength)
            slots[Int(index)].kind = .free
            freeSlots.append(index)
            usedCount -= 1
        }
        if rebuilds { rebuildTable() }
        if garbage > 1 << 16, garbage > text.count / 2 { compactText() }
    }

    private mutating func enter(_ index: Int) {
        let mask = table.count - 1
        var place = Int(slots[index].hash) & mask
        while table[place] != Self.vacant { place = (place + 1) & mask }
        table[place] = UInt32(index)
    }

    /// Empties the place of a slot and moves those behind it up, so that none is cut off from its home.
    private mutating func leave(_ index: Int) {
        let mask = table.count - 1
        var place = Int(slots[index].hash) & mask
        while table[place] != UInt32(index) {
            guard table[place] != Self.vacant else {
                preconditionFailure("BUG: a known line is not in the table")
            }
            place = (place + 1) & mask
        }
        var next = (place + 1) & mask
        while table[next] != Self.vacant {
            let home = Int(slots[Int(table[next])].hash) & mask
            // It may move to `place` unless its home lies between the two.
            if (next - home) & mask >= (next - place) & mask {
                table[place] = table[next]
                place = next
            }
            next = (next + 1) & mask
        }
        table[place] = Self.vacant
    }

    private mutating func rebuildTable() {
        var size = 64
        while size < usedCount * 2 { size *= 2 }
        table = [UInt32](repeating: Self.vacant, count: size)
        for index in slots.indices where slots[index].kind != .free { enter(index) }
    }

    /// Moves the texts together, in the order in which they will be asked for.
    private mutating func compactText() {
        var compacted: [UInt8] = []
        compacted.reserveCapacity(text.count - garbage)
        func move(_ index: Int) {
            let slot = slots[index]
            let start = Int(slot.textOffset)
            slots[index].textOffset = UInt32(compacted.count)
            compacted.append(contentsOf: text[start..<start + Int(slot.textLength)])
        }
        var isMoved = [Bool](repeating: false, count: slots.count)
        for index in order {
            move(Int(index))
            isMoved[Int(index)] = true
        }
        for index in slots.indices where slots[index].kind != .free && !isMoved[index] { move(index) }
        text = compacted
        garbage = 0
    }
}
