/// Samples of one container, oldest first, kept as differences: an idle container's take some ten bytes
/// each, a busy one's under a hundred, where a sample itself takes a kilobyte.
struct PackedSamples {
    /// Samples in a run, each kept as the difference to the one before. The oldest run is given up as a whole.
    private static let runMax = 32

    private struct Run {
        /// The first sample's shape: all its numbers are zero.
        let shape: ContainerSample
        let first: [UInt64]
        var count = 1
        /// For each further sample, for each number: the difference zigzag-coded as a varint; 0 is followed
        /// by how many more zeros there are.
        var bytes: [UInt8] = []
    }

    private var runs: [Run] = []
    private var lastNumbers: [UInt64] = []
    private(set) var count = 0

    /// Milliseconds since 1970 of the newest sample, and its processor time.
    private(set) var newestTime: Int64?
    private(set) var newestProcessorTime: UInt64 = 0

    /// Bytes that the differences take.
    var size: Int { runs.reduce(0) { $0 + $1.bytes.count } }

    /// Adds a sample at the end and keeps the last `countMax`, and some of the same run before.
    mutating func append(_ sample: ContainerSample, countMax: Int) {
        var shape = sample
        var numbers: [UInt64] = []
        numbers.reserveCapacity(lastNumbers.count)
        shape.forEachNumber { number in
            numbers.append(number)
            number = 0
        }
        if let run = runs.last, run.count < PackedSamples.runMax, numbers.count == lastNumbers.count,
            run.shape == shape
        {
            PackedSamples.encode(from: lastNumbers, to: numbers, into: &runs[runs.count - 1].bytes)
            runs[runs.count - 1].count += 1
        } else {
            runs.append(Run(shape: shape, first: numbers))
        }
        lastNumbers = numbers
        count += 1
        newestTime = sample.time
        newestProcessorTime = sample.cpu?.total ?? 0
        while let oldest = runs.first, count - oldest.count >= countMax {
            count -= oldest.count
            runs.removeFirst()
        }
    }

    /// The newest samples, oldest first.
    func samples(countMax: Int) -> [ContainerSample] {
        var result: [ContainerSample] = []
        result.reserveCapacity(count)
        for run in runs {
            var numbers = run.first
            var position = 0
            for index in 0..<run.count {
                if index > 0 { PackedSamples.decode(run.bytes, &position, into: &numbers) }
                var sample = run.shape
                var next = 0
                sample.forEachNumber { number in
                    number = numbers[next]
                    next += 1
                }
                result.append(sample)
            }
        }
        return result.count > countMax ? Array(result.suffix(countMax)) : result
    }

    private static func encode(from old: [UInt64], to new: [UInt64], into bytes: inout [UInt8]) {
        var index = 0
        while index < new.count {
            let difference = Int64(bitPattern: new[index] &- old[index])
            index += 1
            append(UInt64(bitPattern: difference << 1 ^ difference >> 63), to: &bytes)
            guard difference == 0 else { continue }
            let start = index
            while index < new.count, new[index] == old[index] { index += 1 }
            append(UInt64(index - start), to: &bytes)
        }
    }

    private static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private static func decode(_ bytes: [UInt8], _ position: inout Int, into numbers: inout [UInt64]) {
        var index = 0
        while index < numbers.count {
            let coded = next(bytes, &position)
            if coded == 0 {
                index += 1 + Int(truncatingIfNeeded: next(bytes, &position))
                continue
            }
            numbers[index] &+= coded >> 1 ^ (0 &- (coded & 1))
            index += 1
        }
    }

    private static func next(_ bytes: [UInt8], _ position: inout Int) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }
}
