internal import JSON
public import MetricModel
public import Platform
public import StorageAPI

/// Writes samples as scrapes do and measures it, for `tool tsdb bench write`.
public struct WriteBench: Sendable {
    public private(set) var seriesCount = 0
    public private(set) var sampleCount = 0
    /// Nanoseconds until all series were known.
    public private(set) var registerNanoseconds: UInt64 = 0
    /// Nanoseconds of all appends together.
    public private(set) var appendNanoseconds: UInt64 = 0
    /// Nanoseconds that closing took.
    public private(set) var closeNanoseconds: UInt64 = 0

    /// Milliseconds between two scrapes.
    static let interval: Int64 = 30_000
    /// Series of a batch.
    private static let batchSize = 1000

    /// Writes so many scrapes of all series into a new database, without making blocks. Values are
    /// counters that grow by 1000.
    ///
    /// - Parameters:
    ///   - path: of the data directory; should be empty.
    ///   - progress: told the share that is written.
    /// - Throws: as ``Database``.
    public init(
        _ series: [Labels], scrapes: Int, into path: String, disk: any Disk = RealDisk(),
        clock: any WallClock = SystemClock(), progress: (Double) -> Void = { _ in }
    ) throws(StorageError) {
        var options = DatabaseOptions(path: path)
        options.maintainsInBackground = false
        let database = try Database(options, clock: clock, disk: disk)
        let started = MonotonicTime.nanoseconds()
        var references: [SeriesReference] = []
        references.reserveCapacity(series.count)
        for labels in series { references.append(try database.register(labels)) }
        let registered = MonotonicTime.nanoseconds()
        registerNanoseconds = registered - started
        seriesCount = database.seriesCount
        var batch = SampleBatch()
        batch.reserveCapacity(WriteBench.batchSize)
        for scrape in 0..<max(scrapes, 0) {
            let time = Int64(scrape + 1) * WriteBench.interval
            var start = 0
            while start < references.count {
                let end = min(start + WriteBench.batchSize, references.count)
                batch.removeAll()
                for i in start..<end {
                    batch.append(references[i], time, Double(123_456_789 + 1000 * scrape))
                }
                sampleCount += try database.append(batch).storedCount
                start = end
            }
            progress(Double(scrape + 1) / Double(scrapes))
        }
        let written = MonotonicTime.nanoseconds()
        appendNanoseconds = written - registered
        database.close()
        closeNanoseconds = MonotonicTime.nanoseconds() - written
    }

    /// So many series as a few jobs with instances, metrics and label values would have.
    public static func madeUpSeries(_ count: Int) -> [Labels] {
        (0..<max(count, 0)).map { i in
            Labels([
                ("__name__", "bench_metric_\(i / 10 % 100)_total"), ("job", "job-\(i / 100_000)"),
                ("instance", "10.0.\(i / 1000 / 250).\(i / 1000 % 250):9100"), ("code", "\(200 + i % 10)"),
            ])
        }
    }

    /// The first series of a file with a JSON object of labels a line, each once.
    ///
    /// - Throws: `io`; `corruption` with the line for what is none.
    public static func series(in file: String, limit: Int, disk: any Disk = RealDisk()) throws(StorageError)
        -> [Labels]
    {
        let bytes: [UInt8]
        do throws(DiskError) {
            bytes = try disk.readFile(file)
        } catch {
            throw StorageError(error, doing: "read \(file)")
        }
        var found: [Labels] = []
        var known: Set<Labels> = []
        for (number, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            if found.count >= limit { break }
            if line.isEmpty { continue }
            let object = try? JSONValue.parse(Array(line)).object
            guard let object else {
                throw StorageError(
                    .corruption, "cannot read \(file): line \(number + 1) is no object of labels")
            }
            var builder = LabelsBuilder()
            for (name, value) in object.members {
                guard let text = value.string, text.utf8.count <= Labels.stringLengthMax else {
                    throw StorageError(
                        .corruption, "cannot read \(file): the label \(name) of line \(number + 1) is no text"
                    )
                }
                builder.set(name, text)
            }
            let labels = builder.labels()
            if !labels.isEmpty, known.insert(labels).inserted { found.append(labels) }
        }
        return found
    }
}
