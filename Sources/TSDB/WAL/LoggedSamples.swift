internal import Wire

/// A float sample of the log, in 16 bytes, as there are many of them.
struct LoggedSample: BitwiseCopyable {
    /// 0, which no series has, where the log tells one of more than 32 bits.
    var reference: UInt32
    /// Milliseconds behind the base time of the batch.
    var offset: UInt32
    var value: UInt64
}

/// Samples in memory that stays when they are removed, and that nothing writes before they come.
struct LoggedSampleBuffer: ~Copyable {
    private var base: UnsafeMutablePointer<LoggedSample>?
    private var capacity = 0
    private(set) var count = 0

    init() {}

    deinit { base?.deallocate() }

    var isEmpty: Bool { count == 0 }

    var samples: UnsafeBufferPointer<LoggedSample> { UnsafeBufferPointer(start: base, count: count) }

    @inline(__always)
    mutating func append(_ sample: LoggedSample) {
        if count == capacity { grow(to: count + 1) }
        if let base { base[count] = sample }
        count &+= 1
    }

    mutating func append(contentsOf samples: UnsafeBufferPointer<LoggedSample>) {
        guard let source = samples.baseAddress else { return }
        extend(by: samples.count)?.update(from: source, count: samples.count)
    }

    /// Makes room for so many more, which the caller must write, and answers where; nil for none.
    mutating func extend(by more: Int) -> UnsafeMutablePointer<LoggedSample>? {
        if count + more > capacity { grow(to: count + more) }
        defer { count += more }
        return base.map { $0 + count }
    }

    mutating func removeAll() { count = 0 }

    private mutating func grow(to needed: Int) {
        capacity = max(needed, 2 * capacity, 1024)
        let grown = UnsafeMutablePointer<LoggedSample>.allocate(capacity: capacity)
        if let base {
            grown.update(from: base, count: count)
            base.deallocate()
        }
        base = grown
    }
}

/// Float samples of some records in a row. Those of a reference are in the order of the log.
struct LoggedSamples {
    let samples: UnsafeBufferPointer<LoggedSample>
    /// Milliseconds since 1970.
    let baseTime: Int64
    /// Of the first of the records.
    let firstTimes: ClosedRange<Int64>
    /// Of the last of them.
    let lastTimes: ClosedRange<Int64>
}

/// A series of the log.
struct LoggedSeries {
    var reference: UInt64
    /// Of ``MetricModel/Labels/packed``.
    var hash: UInt32
    /// Where these bytes stand.
    var packed: Range<Int>
}

/// What the log tells at a time; the memory is borrowed.
enum LoggedRecord {
    case bytes(UnsafeRawBufferPointer)
    case samples(LoggedSamples)
    /// With the bytes that the labels stand in.
    case series(ArraySlice<LoggedSeries>, UnsafeRawBufferPointer)
}

/// How much the thread that reads a segment does.
enum LogDecoding {
    /// All records come as bytes.
    case none
    /// Series and float samples come decoded.
    case inOrder
    /// The same, and the float samples of a series stand together, lower references first: for segments that
    /// one process wrote. There a series that went and came back has a higher reference than before. A
    /// checkpoint sums up several processes, of which a later one may use the lower reference again.
    case bySeries
}

/// Gathers the float samples of records.
struct LoggedSampleBatch: ~Copyable {
    private(set) var samples = LoggedSampleBuffer()
    private(set) var baseTime: Int64 = 0
    private(set) var firstTimes: ClosedRange<Int64>?
    private(set) var lastTimes: ClosedRange<Int64>?
    /// The lowest and the highest reference.
    private var first = UInt32.max
    private var last: UInt32 = 0
    /// Where each series begins while they are sorted.
    private var places: [UInt32] = []

    private static let halfRange = Int64(1) << 31

    var isEmpty: Bool { samples.isEmpty }

    /// Adds the samples of a type 2 record, whose type byte is left out.
    ///
    /// - Parameter flush: takes what was gathered, and empties the batch, before samples that are too far away
    ///   in time to stand in it.
    /// - Throws: for bytes that are no record; the samples before them are added.
    mutating func add(
        _ record: UnsafeRawBufferPointer, flush: (inout LoggedSampleBatch) -> Void
    ) throws(WireError) {
        var oldest = Int64.max
        var newest = Int64.min
        defer { note(oldest, newest) }
        var reader = ByteReader(record)
        try WALRecord.readSamples(&reader) { reference, time, value in
            var offset = UInt64(bitPattern: time &- baseTime)
            if samples.isEmpty || time < baseTime || offset > UInt64(UInt32.max) {
                if !samples.isEmpty {
                    note(oldest, newest)
                    (oldest, newest) = (.max, .min)
                    flush(&self)
                }
                baseTime = time.subtractingClamped(LoggedSampleBatch.halfRange)
                offset = UInt64(bitPattern: time &- baseTime)
            }
            if time < oldest { oldest = time }
            if time > newest { newest = time }
            let number = UInt32(exactly: reference) ?? 0
            if number < first { first = number }
            if number > last { last = number }
            samples.append(
                LoggedSample(reference: number, offset: UInt32(truncatingIfNeeded: offset), value: value))
        }
    }

    private mutating func note(_ oldest: Int64, _ newest: Int64) {
        guard oldest <= newest else { return }
        if firstTimes == nil { firstTimes = oldest...newest }
        lastTimes = oldest...newest
    }

    /// Moves the samples behind those of `target`.
    ///
    /// - Parameter sorts: puts those of a series together where there are some of each, so that its chunk is
    ///   looked up once for all of them.
    mutating func move(to target: inout LoggedSampleBuffer, sorts: Bool) {
        defer {
            samples.removeAll()
            firstTimes = nil
            lastTimes = nil
            (first, last) = (.max, 0)
        }
        guard sorts, first <= last, samples.count >= 2 * (Int(last - first) + 1) else {
            target.append(contentsOf: samples.samples)
            return
        }
        places.removeAll(keepingCapacity: true)
        places.append(contentsOf: repeatElement(0, count: Int(last - first) + 1))
        let room = target.extend(by: samples.count)
        places.withUnsafeMutableBufferPointer { places in
            for sample in samples.samples { places[Int(sample.reference &- first)] &+= 1 }
            var sum: UInt32 = 0
            for i in places.indices { (places[i], sum) = (sum, sum &+ places[i]) }
            guard let room else { return }
            for sample in samples.samples {
                let series = Int(sample.reference &- first)
                room[Int(places[series])] = sample
                places[series] &+= 1
            }
        }
    }
}
