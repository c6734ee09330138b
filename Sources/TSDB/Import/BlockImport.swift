internal import MetricModel
internal import Platform
internal import StorageAPI
internal import Wire

/// Makes blocks out of samples in any order, each sample seen once: they are encoded as they come, finished chunks go to a
/// file, and at the end one block after the other is put together from it.
///
/// Memory: what is known of a series (its labels and one open chunk), and the list of the chunks of one block.
struct BlockImport: ~Copyable {
    let disk: any Disk
    let folder: String
    /// Milliseconds that a block spans; blocks begin at multiples.
    let duration: Int64
    var spool: ChunkSpool
    private var open: OpenChunks
    private var numbers: [Labels: UInt32] = [:]
    private var symbolNumbers: [String: UInt32] = [:]
    /// Texts by number.
    var symbols: [String] = []
    /// By series: where its labels begin in `runs`.
    var runStarts: [Int] = [0]
    var runs: [(name: UInt32, value: UInt32)] = []
    /// Samples that were added.
    private(set) var sampleCount = 0
    /// Samples that have the series and time of the one before; the first stays.
    var duplicateCount = 0
    private let openBytesMax: Int

    static let samplesPerChunk = 120
    static let shortestBlock: Int64 = 2 * 3600 * 1000

    /// - Parameters:
    ///   - duration: the longest a block may span; the next of two hours, six, 18… below it is taken.
    ///   - openBytesMax: when open chunks take more, all are finished.
    init(disk: any Disk, folder: String, duration: Int64, openBytesMax: Int = 64 << 20) throws(DiskError) {
        self.disk = disk
        self.folder = folder
        self.openBytesMax = openBytesMax
        self.duration = BlockImport.blockDuration(upTo: duration)
        try disk.makeFolder(folder)
        spool = try ChunkSpool(disk: disk, path: folder + "/import-\(UInt64.random(in: 0 ... .max)).tmp")
        open = OpenChunks(samplesPerChunk: BlockImport.samplesPerChunk)
    }

    /// The largest of ten ranges, two hours and each three times the one before, that is not over the limit.
    static func blockDuration(upTo limit: Int64) -> Int64 {
        var result = shortestBlock
        for _ in 0..<9 where result * 3 <= limit { result *= 3 }
        return result
    }

    /// The number of a series, from 0.
    mutating func series(_ labels: Labels) -> UInt32 {
        if let number = numbers[labels] { return number }
        let number = UInt32(truncatingIfNeeded: numbers.count)
        numbers[labels] = number
        for (name, value) in labels { runs.append((symbol(name), symbol(value))) }
        runStarts.append(runs.count)
        open.addSeries()
        return number
    }

    private mutating func symbol(_ text: String) -> UInt32 {
        if let number = symbolNumbers[text] { return number }
        let number = UInt32(truncatingIfNeeded: symbols.count)
        symbolNumbers[text] = number
        symbols.append(text)
        return number
    }

    /// Adds a sample; times of a series may come in any order, but cost more when they do not ascend.
    @inline(__always)
    mutating func add(_ series: UInt32, _ time: Int64, _ value: Double) throws(DiskError) {
        sampleCount &+= 1
        if !open.append(series, time, value.bitPattern) { try begin(series, time, value) }
    }

    @inline(never)
    private mutating func begin(_ series: UInt32, _ time: Int64, _ value: Double) throws(DiskError) {
        let chunk = open[series]
        if chunk.pointee.state.count > 0, time == chunk.pointee.state.time {
            duplicateCount += 1
            return
        }
        try finishChunk(series, freesRoom: false)
        if open.byteCount > openBytesMax {
            for other in 0..<UInt32(open.count) { try finishChunk(other, freesRoom: true) }
        }
        let (quotient, rest) = time.quotientAndRemainder(dividingBy: duration)
        let number = rest < 0 ? quotient - 1 : quotient
        let (start, overflow) = number.multipliedReportingOverflow(by: duration)
        let (end, endOverflow) = start.addingReportingOverflow(duration)
        open.begin(
            series, time, value.bitPattern, start: overflow ? .min : start, end: endOverflow ? .max : end)
    }

    private mutating func finishChunk(_ series: UInt32, freesRoom: Bool) throws(DiskError) {
        if let bytes = open.bytes(of: series) {
            let chunk = open[series].pointee
            try spool.add(
                bytes, block: chunk.start, series: series, sampleCount: chunk.state.count,
                minTime: chunk.minTime,
                maxTime: chunk.state.time)
        }
        open.empty(series, freesRoom: freesRoom)
    }

    var seriesCount: Int { runStarts.count - 1 }

    /// Nothing is added afterwards.
    mutating func close() throws(DiskError) {
        for series in 0..<UInt32(open.count) { try finishChunk(series, freesRoom: true) }
        try spool.close()
        numbers = [:]
        symbolNumbers = [:]
    }

    consuming func remove() { spool.remove() }
}
