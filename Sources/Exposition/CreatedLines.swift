public import MetricModel

#if canImport(Glibc)
    import Glibc
#endif

/// An OpenMetrics body without the lines that tell when counters, histograms and summaries began: in OpenMetrics 1.0
/// such a time is a sample whose name ends in `_created`.
///
/// As in Prometheus, the line is of the samples of its metric that stand before it in the same family, with no other
/// such line between.
public struct CreatedLines {
    /// The body without them.
    public private(set) var text: [UInt8] = []
    /// The start timestamps of the samples in the order of the text, milliseconds since 1970, 0 = not known; samples
    /// behind the last of them have none.
    public private(set) var starts: [Timestamp] = []

    /// - Returns: nil when the body has no such line, or cannot be read.
    public init?(_ body: UnsafeBufferPointer<UInt8>) {
        guard CreatedLines.mayHaveSome(body) else { return nil }
        do throws(ExpositionError) {
            try read(body)
        } catch {
            return nil
        }
        if text.isEmpty { return nil }
    }

    /// Whether the suffix stands anywhere: most bodies are not read a second time.
    private static func mayHaveSome(_ body: UnsafeBufferPointer<UInt8>) -> Bool {
        let suffix: StaticString = "_created"
        guard let base = body.baseAddress else { return false }
        var place = 0
        while body.count - place >= suffix.utf8CodeUnitCount {
            guard let found = memchr(base + place, Int32(UInt8(ascii: "_")), body.count - place) else {
                return false
            }
            place = UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
            guard body.count - place >= suffix.utf8CodeUnitCount else { return false }
            if memcmp(base + place, suffix.utf8Start, suffix.utf8CodeUnitCount) == 0 { return true }
            place += 1
        }
        return false
    }

    private mutating func read(_ body: UnsafeBufferPointer<UInt8>) throws(ExpositionError) {
        var parser = ExpositionParser(body, format: .openMetrics)
        var family = 0..<0
        var hasStarts = false
        var isSummary = false
        /// Samples that the next such line may be of.
        var waiting: [(place: Int, labels: UInt64)] = []
        var sampleCount = 0
        var copied = 0
        while let entry = try parser.next() {
            switch entry {
            case .type(let name, let type):
                family = name
                hasStarts = type == .counter || type == .histogram || type == .summary
                isSummary = type == .summary
                waiting.removeAll(keepingCapacity: true)
            case .help, .unit: waiting.removeAll(keepingCapacity: true)
            case .sample(let line):
                guard hasStarts else {
                    sampleCount += 1
                    continue
                }
                let series = UnsafeBufferPointer(rebasing: body[line.series])
                let parts = SeriesParts(series, without: isSummary ? "quantile" : "le")
                guard let parts, parts.isCreated(series) else {
                    if let parts, parts.begins(series, with: body[family]) {
                        waiting.append((sampleCount, parts.labels))
                    }
                    sampleCount += 1
                    continue
                }
                let start = Int64(exactly: (line.value * 1000).rounded(.towardZero)) ?? 0
                if start != 0, parts.name.count == family.count + 8,
                    parts.begins(series, with: body[family])
                {
                    for sample in waiting where sample.labels == parts.labels {
                        while starts.count <= sample.place { starts.append(0) }
                        starts[sample.place] = start
                    }
                }
                waiting.removeAll(keepingCapacity: true)
                text.append(contentsOf: body[copied..<parser.entryOffset])
                copied = parser.offset
            }
        }
        if copied > 0 { text.append(contentsOf: body[copied...]) }
    }
}

/// Where the name of a series stands in its text, and a hash of its labels but for the one that tells the buckets of a
/// histogram or the quantiles of a summary apart.
private struct SeriesParts {
    /// Without quotes.
    let name: Range<Int>
    let labels: UInt64

    /// - Returns: nil for a text that is none of a series.
    init?(_ text: UnsafeBufferPointer<UInt8>, without label: StaticString) {
        var name: Range<Int>?
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ range: Range<Int>) {
            for i in range { hash = (hash ^ UInt64(text[i])) &* 0x100_0000_01B3 }
            // No text has this byte: it parts them.
            hash = (hash ^ 0xFF) &* 0x100_0000_01B3
        }
        /// The range of a string in quotes that begins at `i`, which moves behind it.
        func quoted(_ i: inout Int) -> Range<Int>? {
            guard i < text.count, text[i] == UInt8(ascii: "\"") else { return nil }
            let start = i + 1
            i = start
            while i < text.count, text[i] != UInt8(ascii: "\"") {
                i += text[i] == UInt8(ascii: "\\") ? 2 : 1
            }
            guard i < text.count else { return nil }
            defer { i += 1 }
            return start..<i
        }
        func skipBlanks(_ i: inout Int) {
            while i < text.count, text[i] == UInt8(ascii: " ") || text[i] == UInt8(ascii: "\t") { i += 1 }
        }
        var i = 0
        while i < text.count, text[i] != UInt8(ascii: "{") { i += 1 }
        if i > 0 { name = 0..<i }
        i += 1
        while i < text.count {
            skipBlanks(&i)
            guard i < text.count, text[i] != UInt8(ascii: "}") else { break }
            let key: Range<Int>
            if text[i] == UInt8(ascii: "\"") {
                guard let range = quoted(&i) else { return nil }
                key = range
            } else {
                let start = i
                while i < text.count, text[i] != UInt8(ascii: "="), text[i] != UInt8(ascii: " ") { i += 1 }
                key = start..<i
            }
            skipBlanks(&i)
            if i < text.count, text[i] == UInt8(ascii: "=") {
                i += 1
                skipBlanks(&i)
                guard let value = quoted(&i) else { return nil }
                if !SeriesParts.equals(text, key, label) {
                    add(key)
                    add(value)
                }
            } else {
                guard name == nil else { return nil }
                name = key
            }
            skipBlanks(&i)
            if i < text.count, text[i] == UInt8(ascii: ",") { i += 1 }
        }
        guard let name else { return nil }
        self.name = name
        labels = hash
    }

    private static func equals(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ word: StaticString)
        -> Bool
    {
        text[range].elementsEqual(
            UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }

    /// Whether the name ends as those of lines that tell a start do.
    func isCreated(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        name.count >= 8
            && SeriesParts.equals(text, (name.upperBound - 8)..<name.upperBound, "_created")
    }

    func begins(_ text: UnsafeBufferPointer<UInt8>, with family: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        text[name].starts(with: family)
    }
}
