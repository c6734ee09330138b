internal import Wire

#if canImport(Glibc)
    import Glibc
#endif

/// The texts of series that an import has met, by place and by hash: the next line is nearly always of the series of the
/// last one, or of the one that followed it the time before.
struct KnownTexts: ~Copyable {
    private struct Text {
        var offset: Int
        var length: Int
        var series: UInt32
        /// What else decides what the text means.
        var variant: UInt8
    }

    private var texts: [Text] = []
    private var bytes: UnsafeMutableRawPointer
    private var capacity = 1 << 16
    private var filled = 0
    /// Places in `texts` plus one, by hash; 0 is free.
    private var table = [UInt32](repeating: 0, count: 1 << 12)
    private var last = 0
    private var stepsOn = false

    init() { bytes = .allocate(byteCount: capacity, alignment: 8) }

    deinit { bytes.deallocate() }

    /// When the bytes begin with the text of the series that is expected, and a blank: the series and the text's length.
    @inline(__always)
    mutating func expected(_ line: UnsafePointer<UInt8>, _ count: Int, variant: UInt8) -> (
        series: UInt32, length: Int
    )? {
        guard !texts.isEmpty else { return nil }
        let next = last + 1 < texts.count ? last + 1 : 0
        if matches(stepsOn ? next : last, line, count, variant) {
            if stepsOn { last = next }
            return (texts[last].series, texts[last].length)
        }
        if matches(stepsOn ? last : next, line, count, variant) {
            if !stepsOn { last = next }
            stepsOn.toggle()
            return (texts[last].series, texts[last].length)
        }
        return nil
    }

    @inline(__always)
    private func matches(_ i: Int, _ line: UnsafePointer<UInt8>, _ count: Int, _ variant: UInt8) -> Bool {
        let text = texts[i]
        return text.length < count && line[text.length] == UInt8(ascii: " ") && text.variant == variant
            && memcmp(line, bytes + text.offset, text.length) == 0
    }

    /// The series of a text that was added.
    mutating func find(_ text: UnsafeRawBufferPointer, variant: UInt8) -> UInt32? {
        var slot = Int(truncatingIfNeeded: ByteHash.hash(text)) & (table.count - 1)
        while table[slot] != 0 {
            let place = Int(table[slot]) - 1
            let known = texts[place]
            if known.variant == variant, known.length == text.count,
                equal(UnsafeRawBufferPointer(start: bytes + known.offset, count: known.length), text)
            {
                last = place
                return known.series
            }
            slot = (slot + 1) & (table.count - 1)
        }
        return nil
    }

    /// Adds a text that ``find(_:variant:)`` did not find.
    mutating func add(_ text: UnsafeRawBufferPointer, variant: UInt8, series: UInt32) {
        if filled + text.count > capacity {
            let larger = max(capacity * 2, filled + text.count)
            let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 8)
            moved.copyMemory(from: bytes, byteCount: filled)
            bytes.deallocate()
            bytes = moved
            capacity = larger
        }
        if let source = text.baseAddress { (bytes + filled).copyMemory(from: source, byteCount: text.count) }
        last = texts.count
        texts.append(Text(offset: filled, length: text.count, series: series, variant: variant))
        filled += text.count
        if texts.count * 2 > table.count { enlarge() } else { insert(last) }
    }

    private mutating func insert(_ place: Int) {
        let text = UnsafeRawBufferPointer(start: bytes + texts[place].offset, count: texts[place].length)
        var slot = Int(truncatingIfNeeded: ByteHash.hash(text)) & (table.count - 1)
        while table[slot] != 0 { slot = (slot + 1) & (table.count - 1) }
        table[slot] = UInt32(truncatingIfNeeded: place + 1)
    }

    private mutating func enlarge() {
        table = [UInt32](repeating: 0, count: table.count * 4)
        for place in texts.indices { insert(place) }
    }
}
