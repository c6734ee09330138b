import StorageAPI

/// The references of series that senders wrote before, found by the bytes of their labels as they came:
/// labels are read only once. Only a 128-bit fingerprint of the bytes is kept, keyed at random: 24 bytes a
/// series, and no sender can know which two would meet.
struct SeriesTable {
    private struct Entry {
        var first: UInt64
        var second: UInt64
        /// 0 for an empty place.
        var reference: UInt64
    }

    /// At this many the table begins anew.
    private static let countMax = 8 << 20

    private var entries = [Entry](repeating: Entry(first: 0, second: 0, reference: 0), count: 1024)
    private var count = 0
    private let keys = (UInt64.random(in: 1 ... .max) | 1, UInt64.random(in: 1 ... .max) | 1)

    /// The fingerprint of bytes that stand for labels: two hashes that multiply and fold eight bytes at a
    /// time, each under a key of its own.
    func fingerprint(_ bytes: UnsafeRawBufferPointer) -> (UInt64, UInt64) {
        var first = keys.0 &+ UInt64(bytes.count)
        var second = keys.1 ^ UInt64(bytes.count)
        var position = 0
        while position &+ 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            first = SeriesTable.mix(first ^ word, keys.0)
            second = SeriesTable.mix(second &+ word, keys.1)
            position &+= 8
        }
        var rest: UInt64 = 0
        while position < bytes.count {
            rest = rest << 8 | UInt64(bytes[position])
            position &+= 1
        }
        first = SeriesTable.mix(SeriesTable.mix(first ^ rest, keys.0) ^ keys.1, 0x9E37_79B9_7F4A_7C15)
        second = SeriesTable.mix(SeriesTable.mix(second &+ rest, keys.1) ^ keys.0, 0xD6E8_FEB8_6659_FD93)
        return (first, second)
    }

    @inline(__always)
    private static func mix(_ value: UInt64, _ key: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: key)
        return product.high ^ product.low
    }

    func reference(of fingerprint: (UInt64, UInt64)) -> SeriesReference? {
        let entry = entries[place(of: fingerprint)]
        return entry.reference == 0 ? nil : SeriesReference(entry.reference)
    }

    mutating func insert(_ reference: SeriesReference, for fingerprint: (UInt64, UInt64)) {
        if count >= SeriesTable.countMax { removeAll() }
        if count * 4 >= entries.count * 3 { grow() }
        let place = place(of: fingerprint)
        if entries[place].reference == 0 { count += 1 }
        entries[place] = Entry(first: fingerprint.0, second: fingerprint.1, reference: reference.number)
    }

    mutating func removeAll() {
        entries = [Entry](repeating: Entry(first: 0, second: 0, reference: 0), count: 1024)
        count = 0
    }

    private func place(of fingerprint: (UInt64, UInt64)) -> Int {
        let mask = entries.count - 1
        var place = Int(truncatingIfNeeded: fingerprint.0) & mask
        while entries[place].reference != 0,
            entries[place].first != fingerprint.0 || entries[place].second != fingerprint.1
        {
            place = (place + 1) & mask
        }
        return place
    }

    private mutating func grow() {
        let old = entries
        entries = [Entry](repeating: Entry(first: 0, second: 0, reference: 0), count: old.count * 2)
        for entry in old where entry.reference != 0 {
            entries[place(of: (entry.first, entry.second))] = entry
        }
    }
}
