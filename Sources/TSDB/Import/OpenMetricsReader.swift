internal import Exposition
internal import MetricModel
internal import Platform
internal import Wire

#if canImport(Glibc)
    import Glibc
#endif

/// Reads a file of OpenMetrics text window by window and gives its samples to an import. Lines that are a known series, a
/// number and a time are read here; all others go through ``ExpositionParser``.
struct OpenMetricsReader: ~Copyable {
    private let labels: [(name: String, value: String)]
    private var texts = KnownTexts()
    private var type: MetricType?
    private var line = 0
    private var seenEnd = false

    private static let windowBytes = 1 << 20
    /// A line that is longer is refused.
    private static let lineBytesMax = 64 << 20

    /// - Parameter labels: set on every series.
    init(labels: [(name: String, value: String)]) { self.labels = labels }

    /// - Parameter progress: told the share of the file that was read.
    mutating func read(
        _ path: String, _ disk: any Disk, into blocks: inout BlockImport, _ progress: (Double) -> Void
    ) throws(TSDBError) {
        let file: any DiskFile
        let size: Int64
        do throws(DiskError) {
            file = try disk.open(path, .read)
            size = try file.size()
        } catch {
            throw TSDBError(error)
        }
        var capacity = OpenMetricsReader.windowBytes
        var window = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
        defer { window.deallocate() }
        var kept = 0
        var offset: Int64 = 0
        while true {
            let count: Int
            do throws(DiskError) {
                count = try file.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: window[kept...]), at: offset)
            } catch {
                throw TSDBError(error)
            }
            offset += Int64(count)
            let filled = kept + count
            let bytes = UnsafeRawBufferPointer(rebasing: window[..<filled])
            if count == 0 {
                // What stands behind the last newline: the end mark may.
                if filled > 0 { try other(bytes.bindMemory(to: UInt8.self), path, &blocks) }
                break
            }
            let used = try lines(bytes.bindMemory(to: UInt8.self), path, &blocks)
            kept = filled - used
            if used == 0, filled == capacity {
                guard capacity < OpenMetricsReader.lineBytesMax else {
                    throw TSDBError(.corruption, "cannot read \(path): line \(line + 1) is too long")
                }
                let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity * 2, alignment: 16)
                larger.copyMemory(from: bytes)
                window.deallocate()
                window = larger
                capacity *= 2
            } else if kept > 0, used > 0, let base = window.baseAddress {
                memmove(base, base + used, kept)
            }
            progress(Double(offset) / Double(max(size, 1)))
        }
        guard seenEnd else { throw OpenMetricsReader.failure("data does not end with # EOF", line, path) }
    }

    private static func failure(_ message: String, _ line: Int, _ path: String) -> TSDBError {
        TSDBError(.corruption, "cannot read \(path): \(message) (line \(line))")
    }

    /// Reads the whole lines; returns how many bytes they are.
    private mutating func lines(
        _ bytes: UnsafeBufferPointer<UInt8>, _ path: String, _ blocks: inout BlockImport
    ) throws(TSDBError) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        var position = 0
        while position < bytes.count {
            let rest = bytes.count - position
            if let used = try known(base + position, rest, &blocks) {
                position += used
                line += 1
                continue
            }
            guard let newline = memchr(base + position, 0x0A, rest) else { break }
            let end = UnsafeRawPointer(newline) - UnsafeRawPointer(base) + 1
            try other(UnsafeBufferPointer(start: base + position, count: end - position), path, &blocks)
            position = end
        }
        return position
    }

    /// When the next line is a known series, a number and a time, and ends in the window: takes its sample and returns
    /// the line's length with the newline.
    @inline(__always)
    private mutating func known(_ line: UnsafePointer<UInt8>, _ count: Int, _ blocks: inout BlockImport)
        throws(TSDBError) -> Int?
    {
        guard !seenEnd, let (series, length) = texts.expected(line, count, variant: variant) else {
            return nil
        }
        var position = length + 1
        guard let value = OpenMetricsReader.number(line, &position, count), position < count,
            line[position] == UInt8(ascii: " ")
        else { return nil }
        position += 1
        guard let seconds = OpenMetricsReader.number(line, &position, count), position < count,
            line[position] == 0x0A, abs(seconds) < 9e15
        else { return nil }
        do throws(DiskError) {
            try blocks.add(series, Int64(seconds * 1000), value)
        } catch {
            throw TSDBError(error)
        }
        return position + 1
    }

    private static let powersOfTen: InlineArray<16, Double> = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ]

    /// A number up to the next blank or newline; nil when there is none.
    @inline(__always)
    private static func number(_ bytes: UnsafePointer<UInt8>, _ position: inout Int, _ count: Int) -> Double?
    {
        var i = position
        let isNegative = i < count && bytes[i] == UInt8(ascii: "-")
        if isNegative { i &+= 1 }
        let start = i
        var mantissa: UInt64 = 0
        var point = -1
        while i < count, i &- start <= 15 {
            let digit = bytes[i] &- UInt8(ascii: "0")
            if digit < 10 {
                mantissa = mantissa &* 10 &+ UInt64(digit)
            } else if bytes[i] == UInt8(ascii: "."), point < 0 {
                point = i
            } else {
                break
            }
            i &+= 1
        }
        let digitCount = i &- start &- (point < 0 ? 0 : 1)
        if i < count, bytes[i] == UInt8(ascii: " ") || bytes[i] == 0x0A, digitCount >= 1, digitCount <= 15 {
            position = i
            // Both are exact, so the one rounding of the division is the right one.
            let magnitude = point < 0 ? Double(mantissa) : Double(mantissa) / powersOfTen[i &- 1 &- point]
            return isNegative ? -magnitude : magnitude
        }
        i = position
        while i < count, bytes[i] != UInt8(ascii: " "), bytes[i] != 0x0A { i &+= 1 }
        guard let result = FloatText.parse(UnsafeBufferPointer(start: bytes + position, count: i - position))
        else {
            return nil
        }
        position = i
        return result
    }

    /// Bounds of histograms and summaries are brought to one form, so their type is a part of what a text means.
    private var variant: UInt8 {
        switch type {
        case .histogram, .gaugehistogram: 1
        case .summary: 2
        default: 0
        }
    }

    /// Reads a line of any kind, with its newline.
    private mutating func other(
        _ bytes: UnsafeBufferPointer<UInt8>, _ path: String, _ blocks: inout BlockImport
    ) throws(TSDBError) {
        line += 1
        if seenEnd { throw OpenMetricsReader.failure("unexpected data after # EOF", line, path) }
        let text = bytes.last == 0x0A ? UnsafeBufferPointer(rebasing: bytes.dropLast()) : bytes
        if text.elementsEqual("# EOF".utf8) {
            seenEnd = true
            return
        }
        var found: (series: UInt32, time: Int64, value: Double)?
        do throws(ExpositionError) {
            var parser = ExpositionParser(bytes, format: .openMetrics)
            switch try parser.next() {
            case .type(_, let new): type = new
            case .sample(let sample):
                let text = UnsafeBufferPointer(rebasing: bytes[sample.series])
                guard let time = sample.timestamp else {
                    let shown = String(decoding: text, as: UTF8.self)
                    throw ExpositionError(
                        .invalidTimestamp, "expected timestamp for series \(shown), got none", line: 0)
                }
                found = (try number(of: text, &blocks), time, sample.value)
            case .help, .unit, nil: break
            }
        } catch {
            throw OpenMetricsReader.failure(error.message, line, path)
        }
        guard let found else { return }
        do throws(DiskError) {
            try blocks.add(found.series, found.time, found.value)
        } catch {
            throw TSDBError(error)
        }
    }

    private mutating func number(of text: UnsafeBufferPointer<UInt8>, _ blocks: inout BlockImport)
        throws(ExpositionError) -> UInt32
    {
        let raw = UnsafeRawBufferPointer(text)
        if let series = texts.find(raw, variant: variant) { return series }
        var builder = try SeriesText.decode(text, type: type)
        for label in labels { builder.set(label.name, label.value) }
        let series = blocks.series(builder.labels())
        texts.add(raw, variant: variant, series: series)
        return series
    }
}
