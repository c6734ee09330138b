internal import Platform

/// Snapshots of the head in the data directory, one folder each: `docs/format/chunk-snapshot.md`.
enum ChunkSnapshot {
    /// What a record tells; its first byte.
    enum RecordKind: UInt8 {
        case series = 1
        case tombstones = 2
        case exemplars = 3
    }

    /// Up to where of the log a snapshot reaches: all before `offset` in `segment`.
    struct Place: Comparable {
        var segment: Int
        /// Bytes.
        var offset: Int
        /// Of the folder.
        var name: String

        static func < (a: Place, b: Place) -> Bool { (a.segment, a.offset) < (b.segment, b.offset) }
    }

    static let prefix = "chunk_snapshot."
    static let temporarySuffix = ".tmp"
    /// Prometheus' own records of exemplars have at most as many.
    static let exemplarsPerRecord = 10_000
    static let segmentSize = 128 << 20

    static func name(segment: Int, offset: Int) -> String {
        prefix + WALFormat.padded(segment, 6) + "." + WALFormat.padded(offset, 10)
    }

    /// What the name of a folder tells; nil for other names, also those of snapshots set aside.
    static func place(of name: String) -> Place? {
        guard name.hasPrefix(prefix) else { return nil }
        let parts = name.dropFirst(prefix.count).split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let segment = WALFormat.segmentNumber(String(parts[0])),
            let offset = WALFormat.segmentNumber(String(parts[1]))
        else { return nil }
        return Place(segment: segment, offset: offset, name: name)
    }

    /// The snapshots of a data directory, oldest first.
    static func all(disk: any Disk, path: String) throws(DiskError) -> [Place] {
        try disk.list(path).compactMap(place(of:)).sorted()
    }

    /// Removes the snapshots for which `isGone` holds.
    static func remove(disk: any Disk, path: String, where isGone: (Place) -> Bool) throws(DiskError) {
        for place in try all(disk: disk, path: path) where isGone(place) {
            try disk.remove(path + "/" + place.name)
        }
    }
}
