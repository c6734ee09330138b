/// The start timestamps of the samples of an open float chunk. Those in a row mostly have the same one; samples in no
/// run have none, so that appending without one needs no look here.
struct StartTimeRuns {
    struct Run {
        /// Milliseconds since 1970.
        var start: Int64
        /// The places in the chunk of the first sample and of the one behind the last.
        var first: UInt16
        var end: UInt16
    }

    /// Most chunks have one run: it needs no memory of its own.
    private var newest = Run(start: 0, first: 0, end: 0)
    private var older: [Run] = []

    /// Notes what the sample at a place has, which is behind all others.
    mutating func note(_ start: Int64, at place: Int) {
        guard let first = UInt16(exactly: place), first < .max else { return }
        if newest.end == first, newest.start == start {
            newest.end = first + 1
            return
        }
        if newest.end > 0 { older.append(newest) }
        newest = Run(start: start, first: first, end: first + 1)
    }

    /// The start timestamps of the first `count` samples, 0 = not known.
    func expanded(_ count: Int) -> [Int64] {
        var starts = [Int64](repeating: 0, count: count)
        for run in older + [newest] {
            for place in Int(run.first)..<max(Int(run.first), min(Int(run.end), count)) {
                starts[place] = run.start
            }
        }
        return starts
    }
}
