internal import Platform
internal import StorageAPI

/// The newest metadata of series by slot. The series of a family share one entry, so that a series costs
/// four bytes, and nothing while there is no metadata at all.
struct SeriesMetadataTable: ~Copyable {
    private struct Entry {
        var metadata: SeriesMetadata
        /// Series that have it.
        var count: Int
    }

    /// By slot: place in `entries` + 1, or 0 for none.
    private var places = PagedArray<UInt32>(pageShift: 12)
    private var entries: [Entry] = []
    private var free: [UInt32] = []
    private var known: [SeriesMetadata: UInt32] = [:]

    /// Different ones.
    var count: Int { known.count }

    subscript(_ slot: Int) -> SeriesMetadata? {
        guard slot < places.capacity else { return nil }
        let place = places[slot].pointee
        return place == 0 ? nil : entries[Int(place) - 1].metadata
    }

    mutating func set(_ slot: Int, _ metadata: SeriesMetadata) {
        if self[slot] == metadata { return }
        remove(slot)
        places.ensure(slot)
        places[slot].pointee = place(of: metadata)
    }

    mutating func remove(_ slot: Int) {
        guard slot < places.capacity else { return }
        let place = places[slot].pointee
        if place == 0 { return }
        places[slot].pointee = 0
        let index = Int(place) - 1
        entries[index].count -= 1
        guard entries[index].count == 0 else { return }
        known[entries[index].metadata] = nil
        entries[index].metadata = SeriesMetadata()
        free.append(place)
    }

    /// Counts one more series.
    private mutating func place(of metadata: SeriesMetadata) -> UInt32 {
        if let place = known[metadata] {
            entries[Int(place) - 1].count += 1
            return place
        }
        let entry = Entry(metadata: metadata, count: 1)
        let place: UInt32
        if let reused = free.popLast() {
            place = reused
            entries[Int(place) - 1] = entry
        } else {
            entries.append(entry)
            place = UInt32(entries.count)
        }
        known[metadata] = place
        return place
    }
}

extension SeriesMetadata {
    /// Whether it is short enough to be kept.
    var isStorable: Bool { unit.utf8.count + help.utf8.count <= SeriesMetadata.textLengthMax }
}
