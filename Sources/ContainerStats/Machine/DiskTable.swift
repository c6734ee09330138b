/// The block devices of /proc/diskstats.
struct DiskTable {
    struct Entry {
        var device: UInt64
        /// For instance "/dev/vda1".
        var name: String
        var counters: DiskCounters
    }

    private(set) var entries: [Entry] = []

    static func key(_ major: UInt32, _ minor: UInt32) -> UInt64 { UInt64(major) << 32 | UInt64(minor) }

    /// Replaces the table by the file's content (kernel: Documentation/admin-guide/iostats.rst). All
    /// devices count, whatever their names.
    mutating func read(_ path: String, reader: inout FileReader) -> Int32 {
        let error = reader.readFile(path)
        guard error == 0 else { return error }
        var count = 0
        while !reader.isAtEnd {
            defer { reader.skipLine() }
            guard let major = reader.integer(), let minor = reader.integer(), major <= UInt32.max,
                minor <= UInt32.max
            else { continue }
            let device = DiskTable.key(UInt32(major), UInt32(minor))
            // Names stay the same from reading to reading; only new ones are made.
            let isKnown = count < entries.count && entries[count].device == device
            let name: String
            if isKnown {
                reader.skipWord()
                name = entries[count].name
            } else {
                name = "/dev/" + reader.word()
            }
            var counters = DiskCounters()
            counters.reads = reader.integer() ?? 0
            counters.readsMerged = reader.integer() ?? 0
            counters.sectorsRead = reader.integer() ?? 0
            counters.readTime = reader.integer() ?? 0
            counters.writes = reader.integer() ?? 0
            counters.writesMerged = reader.integer() ?? 0
            counters.sectorsWritten = reader.integer() ?? 0
            counters.writeTime = reader.integer() ?? 0
            counters.inProgress = reader.integer() ?? 0
            counters.time = reader.integer() ?? 0
            counters.weightedTime = reader.integer() ?? 0
            let entry = Entry(device: device, name: name, counters: counters)
            if count < entries.count { entries[count] = entry } else { entries.append(entry) }
            count += 1
        }
        entries.removeLast(entries.count - count)
        return 0
    }

    /// "/dev/vda" for its numbers; "" for a device that is not listed.
    func name(_ major: UInt32, _ minor: UInt32) -> String {
        let key = DiskTable.key(major, minor)
        for entry in entries where entry.device == key { return entry.name }
        return ""
    }

    func counters(named name: String) -> DiskCounters? {
        for entry in entries where entry.name == name { return entry.counters }
        return nil
    }

    func counters(_ major: UInt32, _ minor: UInt32) -> DiskCounters? {
        let key = DiskTable.key(major, minor)
        for entry in entries where entry.device == key { return entry.counters }
        return nil
    }
}
