internal import MetricModel
internal import Platform
internal import Synchronization
internal import Wire

/// Reads a block's index, versions 1 to 3, from a mapping. Memory: four bytes a symbol and a label pair.
final class IndexReader: Sendable {
    let path: String
    let version: UInt8
    private let mapping: FileMapping
    let contents: IndexFormat.Contents
    /// Offsets of the symbols in the file; by number. Version 1 refers to symbols by offset instead.
    private let symbolOffsets: [UInt32]
    /// Label names in ascending order, without the empty one, each with its entries in `entries`.
    let names: [String]
    private let ranges: [Range<Int>]
    /// Offsets of entries of the postings table, ascending by name, then value.
    private let entries: [UInt32]
    private let allPostings: Int
    /// `MonotonicTime` nanoseconds until which all of the file counts as being in memory.
    private let inMemoryUntil = Atomic<UInt64>(0)

    private var bytes: UnsafeRawBufferPointer { mapping.bytes }

    /// Checks header, contents, symbols and postings table.
    ///
    /// - Throws: `corruption`, `unsupported`, `io`.
    init(disk: any Disk, path: String, isMisnumbered: Bool = false) throws(TSDBError) {
        let mapping: FileMapping
        do throws(DiskError) {
            let file = try disk.open(path, .read)
            mapping = try file.map(length: Int(try file.size()))
        } catch {
            throw TSDBError(error)
        }
        self.path = path
        self.mapping = mapping
        let bytes = mapping.bytes
        do throws(WireError) {
            var reader = ByteReader(bytes)
            guard try reader.bigEndian32() == IndexFormat.magic else {
                throw WireError(.malformed, "cannot read an index: not an index file")
            }
            let told = try reader.byte()
            version = isMisnumbered ? IndexFormat.version : told
            contents = try IndexReader.readContents(bytes)
            symbolOffsets = try IndexReader.readSymbols(bytes, contents.symbols)
        } catch {
            throw TSDBError(error, file: path)
        }
        guard (1...3).contains(version) else {
            throw TSDBError(
                .unsupported, "cannot read an index: got version \(version), want 1 to 3", file: path)
        }
        var found: [(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, offset: UInt32)] = []
        var all = 0
        do throws(WireError) {
            let table = try IndexReader.section(bytes, contents.postingsTable)
            var reader = ByteReader(table)
            let count = try reader.bigEndian32()
            guard count <= table.count / 4 else {
                throw WireError(.malformed, "got \(count) postings entries")
            }
            found.reserveCapacity(Int(count))
            for _ in 0..<count {
                let offset = contents.postingsTable + 4 + reader.position
                guard try reader.unsignedVarint() == 2 else {
                    throw WireError(
                        .malformed, "cannot read the postings table: an entry has not two strings")
                }
                let name = try reader.lengthPrefixed()
                let value = try reader.lengthPrefixed()
                let postings = try reader.unsignedVarint()
                if name.isEmpty {
                    all = Int(clamping: postings)
                } else {
                    found.append((name, value, UInt32(truncatingIfNeeded: offset - contents.postingsTable)))
                }
            }
        } catch {
            throw TSDBError(error, file: path, offset: contents.postingsTable)
        }
        allPostings = all
        if version == 1 {
            found.sort { a, b in
                let order = compare(a.name, b.name)
                return order != 0 ? order < 0 : compare(a.value, b.value) < 0
            }
        }
        var names: [String] = []
        var ranges: [Range<Int>] = []
        var start = 0
        for i in found.indices where i + 1 == found.count || !equal(found[i].name, found[i + 1].name) {
            names.append(String(decoding: found[i].name, as: UTF8.self))
            ranges.append(start..<(i + 1))
            start = i + 1
        }
        self.names = names
        self.ranges = ranges
        entries = found.map(\.offset)
    }

    // MARK: - Sections

    private static func readContents(_ bytes: UnsafeRawBufferPointer) throws(WireError)
        -> IndexFormat.Contents
    {
        guard bytes.count >= IndexFormat.headerSize + IndexFormat.contentsSize else {
            throw WireError(.truncated, "cannot read an index: got \(bytes.count) bytes")
        }
        let start = bytes.count - IndexFormat.contentsSize
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[start...]))
        let checked = UnsafeRawBufferPointer(rebasing: bytes[start..<(bytes.count - 4)])
        var offsets: [Int] = []
        for _ in 0..<6 {
            let offset = try reader.bigEndian64()
            guard offset <= UInt64(bytes.count) else {
                throw WireError(
                    .malformed, "cannot read the table of contents: an offset is outside the file")
            }
            offsets.append(Int(offset))
        }
        guard try reader.bigEndian32() == CRC32C.extend(0, checked) else {
            throw WireError(.malformed, "cannot read the table of contents: unexpected checksum")
        }
        return IndexFormat.Contents(
            symbols: offsets[0], series: offsets[1], labelIndices: offsets[2], labelIndicesTable: offsets[3],
            postings: offsets[4], postingsTable: offsets[5])
    }

    /// The content of a section: length (4 bytes), content, checksum.
    private static func section(
        _ bytes: UnsafeRawBufferPointer, _ offset: Int
    ) throws(WireError) -> UnsafeRawBufferPointer {
        var reader = ByteReader(bytes)
        try reader.seek(to: offset)
        let content = try reader.run(Int(try reader.bigEndian32()))
        guard try reader.bigEndian32() == CRC32C.extend(0, content) else {
            throw WireError(.malformed, "unexpected checksum of the section at \(offset)")
        }
        return content
    }

    private static func readSymbols(_ bytes: UnsafeRawBufferPointer, _ start: Int) throws(WireError)
        -> [UInt32]
    {
        let content = try section(bytes, start)
        var reader = ByteReader(content)
        let count = try reader.bigEndian32()
        guard count <= content.count else { throw WireError(.malformed, "got \(count) symbols") }
        var offsets: [UInt32] = []
        offsets.reserveCapacity(Int(count))
        for _ in 0..<count {
            offsets.append(UInt32(truncatingIfNeeded: reader.position))
            _ = try reader.lengthPrefixed()
        }
        return offsets
    }

    /// Larger files take too long to ask about.
    private static let inMemoryBytesMax = 16 << 20

    /// Whether reading anything of it does not wait for the disk. The system is asked once a second.
    var isInMemory: Bool {
        let now = MonotonicTime.nanoseconds()
        if now < inMemoryUntil.load(ordering: .relaxed) { return true }
        guard bytes.count <= IndexReader.inMemoryBytesMax, mapping.isInMemory(0..<bytes.count) else {
            return false
        }
        inMemoryUntil.store(now + 1_000_000_000, ordering: .relaxed)
        return true
    }

    // MARK: - Symbols

    var symbolCount: Int { symbolOffsets.count }

    /// Bytes of the symbol table, for statistics.
    var symbolTableBytes: Int { symbolOffsets.count * 4 }

    /// The UTF-8 of a symbol by its place in the table.
    func symbol(at place: Int) throws(WireError) -> UnsafeRawBufferPointer {
        guard place < symbolOffsets.count else {
            throw WireError(.malformed, "unknown symbol \(place)")
        }
        var reader = ByteReader(bytes)
        try reader.seek(to: contents.symbols + 4 + Int(symbolOffsets[place]))
        return try reader.lengthPrefixed()
    }

    /// Where a symbol lies in the file: how version 1 refers to it.
    func symbolOffset(at place: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: contents.symbols + 4) &+ symbolOffsets[place]
    }

    /// The UTF-8 of a symbol as a series refers to it.
    func symbol(_ reference: UInt32) throws(WireError) -> UnsafeRawBufferPointer {
        guard version == 1 else { return try symbol(at: Int(reference)) }
        var reader = ByteReader(bytes)
        try reader.seek(to: Int(reference))
        return try reader.lengthPrefixed()
    }

    // MARK: - Postings

    /// The value and the offset of the postings of an entry of the table.
    private func entry(_ place: Int) throws(WireError) -> (value: UnsafeRawBufferPointer, postings: Int) {
        var reader = ByteReader(bytes)
        try reader.seek(to: contents.postingsTable + Int(entries[place]))
        _ = try reader.unsignedVarint()
        _ = try reader.lengthPrefixed()
        let value = try reader.lengthPrefixed()
        return (value, Int(clamping: try reader.unsignedVarint()))
    }

    private func range(of name: String) -> Range<Int>? {
        var low = 0
        var high = names.count
        while low < high {
            let middle = (low + high) / 2
            if names[middle].precedesByBytes(name) { low = middle + 1 } else { high = middle }
        }
        return low < names.count && names[low].hasSameBytes(as: name) ? ranges[low] : nil
    }

    /// Calls `body` with each value of a label in ascending order and its place, to be given to
    /// ``postings(at:)``.
    func visitValues(_ name: String, _ body: (UnsafeRawBufferPointer, Int) -> Void) throws(WireError) {
        guard let range = range(of: name) else { return }
        for place in range { body(try entry(place).value, place) }
    }

    /// How many values a label has.
    func valueCount(_ name: String) -> Int { range(of: name)?.count ?? 0 }

    /// The place of a pair, or nil.
    func place(of name: String, _ value: String) throws(WireError) -> Int? {
        guard let range = range(of: name) else { return nil }
        var low = range.lowerBound
        var high = range.upperBound
        let wanted = Array(value.utf8)
        while low < high {
            let middle = (low + high) / 2
            let found = try entry(middle).value
            let order = wanted.withUnsafeBytes { compare(found, $0) }
            if order == 0 { return middle }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    /// The series numbers of an entry, ascending.
    func postings(at place: Int) throws(WireError) -> [UInt32] {
        try readPostings(try entry(place).postings)
    }

    /// How many series numbers an entry has.
    func postingsCount(at place: Int) throws(WireError) -> Int {
        var reader = ByteReader(bytes)
        try reader.seek(to: try entry(place).postings + 4)
        return Int(try reader.bigEndian32())
    }

    /// The numbers of all series, ascending: the order of their labels.
    func allSeries() throws(WireError) -> [UInt32] {
        allPostings == 0 ? [] : try readPostings(allPostings)
    }

    private func readPostings(_ offset: Int) throws(WireError) -> [UInt32] {
        let content = try IndexReader.section(bytes, offset)
        var reader = ByteReader(content)
        let count = Int(try reader.bigEndian32())
        guard count * 4 == reader.remaining else {
            throw WireError(
                .malformed, "postings at \(offset): got \(count) numbers in \(content.count) bytes")
        }
        return [UInt32](unsafeUninitializedCapacity: count) { target, initialized in
            for i in 0..<count {
                target[i] = UInt32(
                    bigEndian: content.loadUnaligned(fromByteOffset: 4 + 4 * i, as: UInt32.self))
            }
            initialized = count
        }
    }

    // MARK: - Series

    /// Where the entry of a series begins in the file.
    func offset(ofSeries number: UInt32) -> Int {
        version == 1 ? Int(number) : Int(number) * IndexFormat.seriesAlignment
    }

    /// The numbers of all series whose entries are sound, ascending, found without postings. None in
    /// indexes of version 1, whose entries stand at no marked places.
    func soundSeries() -> [UInt32] {
        var numbers: [UInt32] = []
        let end = min(max(contents.labelIndices, contents.postings), bytes.count)
        var number = (contents.series + IndexFormat.seriesAlignment - 1) / IndexFormat.seriesAlignment
        while version > 1, number * IndexFormat.seriesAlignment < end, number < Int(UInt32.max) {
            if (try? chunks(UInt32(number)))?.isEmpty == false { numbers.append(UInt32(number)) }
            number += 1
        }
        return numbers
    }

    private func seriesEntry(_ number: UInt32) throws(WireError) -> ByteReader {
        var reader = ByteReader(bytes)
        try reader.seek(to: offset(ofSeries: number))
        let content = try reader.lengthPrefixed()
        guard try reader.bigEndian32() == CRC32C.extend(0, content) else {
            throw WireError(.malformed, "unexpected checksum of series \(number)")
        }
        return ByteReader(content)
    }

    /// Calls `body` with the symbol references of each label of a series, then returns its chunks.
    func series(
        _ number: UInt32, _ body: (UInt32, UInt32) throws(WireError) -> Void
    ) throws(WireError) -> [ChunkMeta] {
        var reader = try seriesEntry(number)
        try IndexReader.visitLabels(&reader, body)
        var chunks: [ChunkMeta] = []
        try IndexReader.visitChunks(&reader) { chunk in
            chunks.append(chunk)
            return true
        }
        return chunks
    }

    @inline(__always)
    private static func visitLabels(
        _ reader: inout ByteReader, _ body: (UInt32, UInt32) throws(WireError) -> Void
    ) throws(WireError) {
        let count = try reader.unsignedVarint()
        guard count <= UInt64(reader.remaining) else {
            throw WireError(.malformed, "got \(count) labels")
        }
        for _ in 0..<count { try body(try reader.unsignedVarint32(), try reader.unsignedVarint32()) }
    }

    @inline(__always)
    private static func visitChunks(
        _ reader: inout ByteReader, _ body: (ChunkMeta) -> Bool
    ) throws(WireError) {
        let count = try reader.unsignedVarint()
        guard count <= UInt64(reader.remaining) else { throw WireError(.malformed, "got \(count) chunks") }
        var chunk = ChunkMeta(reference: 0, minTime: 0, maxTime: 0)
        for i in 0..<count {
            if i > 0 {
                chunk.minTime = chunk.maxTime &+ Int64(bitPattern: try reader.unsignedVarint())
                chunk.maxTime = chunk.minTime &+ Int64(bitPattern: try reader.unsignedVarint())
                chunk.reference = chunk.reference &+ UInt64(bitPattern: try reader.signedVarint())
            } else {
                chunk.minTime = try reader.signedVarint()
                chunk.maxTime = chunk.minTime &+ Int64(bitPattern: try reader.unsignedVarint())
                chunk.reference = try reader.unsignedVarint()
            }
            guard body(chunk) else { return }
        }
    }

    /// Calls `body` with each chunk of a series, oldest first, until it answers false.
    @inline(__always)
    func visitChunks(_ number: UInt32, _ body: (ChunkMeta) -> Bool) throws(WireError) {
        var reader = try seriesEntry(number)
        try IndexReader.visitLabels(&reader) { (_, _) throws(WireError) in }
        try IndexReader.visitChunks(&reader, body)
    }

    /// The chunks of a series.
    func chunks(_ number: UInt32) throws(WireError) -> [ChunkMeta] {
        try series(number) { (_, _) throws(WireError) in }
    }

    /// Whether ``labels(_:)`` would be these.
    func hasLabels(_ number: UInt32, _ labels: Labels) throws(WireError) -> Bool {
        var reader = try seriesEntry(number)
        var failure: WireError?
        let isSame = labels.packed.withUnsafeBytes { packed in
            var position = 0
            var isSame = true
            do throws(WireError) {
                try IndexReader.visitLabels(&reader) { (name, value) throws(WireError) in
                    guard isSame else { return }
                    let name = try symbol(name)
                    isSame = Labels.has(name, in: packed, at: &position)
                    guard isSame else { return }
                    let value = try symbol(value)
                    isSame = Labels.has(value, in: packed, at: &position)
                }
            } catch {
                failure = error
            }
            return isSame && position == packed.count
        }
        if let failure { throw failure }
        return isSame
    }

    /// The symbol that refers to the value of a label of a series; nil when it has no such label.
    func value(of name: String, _ number: UInt32) throws(WireError) -> UInt32? {
        var reader = try seriesEntry(number)
        var result: UInt32?
        try IndexReader.visitLabels(&reader) { (label, value) throws(WireError) in
            if result == nil, try hasBytes(of: name, label) { result = value }
        }
        return result
    }

    private func hasBytes(of text: String, _ symbol: UInt32) throws(WireError) -> Bool {
        let bytes = try self.symbol(symbol)
        return bytes.count == text.utf8.count && text.utf8.elementsEqual(bytes)
    }

    /// The labels of a series.
    func labels(_ number: UInt32) throws(WireError) -> Labels {
        var packed: [UInt8] = []
        packed.reserveCapacity(192)
        var reader = try seriesEntry(number)
        try IndexReader.visitLabels(&reader) { (name, value) throws(WireError) in
            let name = try symbol(name)
            let value = try symbol(value)
            guard name.count <= Labels.stringLengthMax, value.count <= Labels.stringLengthMax else {
                throw WireError(.tooLarge, "cannot read labels: a string is too long")
            }
            Labels.appendPacked(name, to: &packed)
            Labels.appendPacked(value, to: &packed)
        }
        return Labels(sortedPacked: packed)
    }
}
