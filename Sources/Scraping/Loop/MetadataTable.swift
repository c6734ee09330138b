import Exposition

/// What a target says about its metric families. Kept for ten scrapes after a family was last mentioned.
struct MetadataTable {
    private struct Entry {
        var metadata: MetricMetadata
        /// ``MetadataTable/version`` after its last change.
        var change = 0
        /// Scrapes since the family was last mentioned.
        var misses = 0
    }

    private var entries: [Entry?] = []
    private var indexes: [String: Int] = [:]
    /// Places of removed entries. No line refers to them any more: theirs went long before.
    private var freeIndexes: [Int] = []
    private var missingCount = 0
    /// Grows with every change.
    private(set) var version = 0

    static let missesMax = 10

    /// Ascending by name.
    var all: [MetricMetadata] {
        entries.compactMap { $0?.metadata }.sorted {
            $0.metric.utf8.lexicographicallyPrecedes($1.metric.utf8)
        }
    }

    mutating func set(type: MetricType, of name: String) -> Int {
        change(name) { $0.type = type }
    }

    mutating func set(help: String, of name: String) -> Int {
        change(name) { $0.help = help }
    }

    mutating func set(unit: String, of name: String) -> Int {
        change(name) { $0.unit = unit }
    }

    private mutating func change(_ name: String, _ body: (inout MetricMetadata) -> Void) -> Int {
        let index = indexes[name] ?? add(name)
        guard var entry = entries[index] else { preconditionFailure("BUG: a removed family has a name") }
        let old = entry.metadata
        body(&entry.metadata)
        if entry.metadata != old {
            version += 1
            entry.change = version
        }
        entries[index] = entry
        return index
    }

    /// What is known at the place that a change returned, and the version that changed it last.
    func family(at index: Int) -> (metadata: MetricMetadata, change: Int)? {
        guard entries.indices.contains(index), let entry = entries[index] else { return nil }
        return (entry.metadata, entry.change)
    }

    func family(named name: String) -> (metadata: MetricMetadata, change: Int)? {
        indexes[name].flatMap { family(at: $0) }
    }

    private mutating func add(_ name: String) -> Int {
        version += 1
        let entry = Entry(metadata: MetricMetadata(metric: name), change: version)
        let index: Int
        if let free = freeIndexes.popLast() {
            index = free
            entries[index] = entry
        } else {
            index = entries.count
            entries.append(entry)
        }
        indexes[name] = index
        return index
    }

    /// Counts a scrape that mentioned exactly these families.
    mutating func age(seen: some Sequence<Int>) {
        var isSeen = [Bool](repeating: false, count: entries.count)
        for index in seen { isSeen[index] = true }
        missingCount = 0
        for index in entries.indices {
            guard var entry = entries[index] else { continue }
            entry.misses = isSeen[index] ? 0 : entry.misses + 1
            keep(entry, at: index)
        }
    }

    /// Counts a scrape that mentioned the same families as the one before.
    mutating func ageMissing() {
        guard missingCount > 0 else { return }
        missingCount = 0
        for index in entries.indices {
            guard var entry = entries[index], entry.misses > 0 else { continue }
            entry.misses += 1
            keep(entry, at: index)
        }
    }

    private mutating func keep(_ entry: Entry, at index: Int) {
        if entry.misses > Self.missesMax {
            entries[index] = nil
            indexes[entry.metadata.metric] = nil
            freeIndexes.append(index)
            version += 1
        } else {
            entries[index] = entry
            if entry.misses > 0 { missingCount += 1 }
        }
    }

    /// Undoes the escapes of a help text: backslash and newline, in OpenMetrics the quote, too.
    static func unescaped(_ text: Slice<UnsafeBufferPointer<UInt8>>, _ format: ExpositionFormat) -> String {
        guard text.contains(UInt8(ascii: "\\")) else { return String(decoding: text, as: UTF8.self) }
        var result: [UInt8] = []
        var isEscaped = false
        for byte in text {
            if isEscaped {
                isEscaped = false
                switch byte {
                case UInt8(ascii: "n"): result.append(UInt8(ascii: "\n"))
                case UInt8(ascii: "\\"): result.append(byte)
                case UInt8(ascii: "\"") where format == .openMetrics: result.append(byte)
                default: result.append(contentsOf: [UInt8(ascii: "\\"), byte])
                }
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else {
                result.append(byte)
            }
        }
        if isEscaped { result.append(UInt8(ascii: "\\")) }
        return String(decoding: result, as: UTF8.self)
    }
}
