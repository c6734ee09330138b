/// The label pairs of each series as runs of pair numbers: a count, then that many numbers in
/// ascending order of label names.
struct LabelRuns: ~Copyable {
    private static let pageShift = 16
    private var words = PagedArray<UInt32>(pageShift: LabelRuns.pageShift)
    /// 0 means "no run".
    private var next = 1
    private var free: [Int: [UInt32]] = [:]

    init() {}

    /// The longest run; more labels than any server takes.
    static let countMax = 1 << 15

    mutating func insert(_ pairs: [UInt32]) -> UInt32 {
        precondition(pairs.count <= LabelRuns.countMax, "BUG: too many labels in one series")
        var place = free.isEmpty ? 0 : free[pairs.count]?.popLast() ?? 0
        if place == 0 {
            let page = 1 << LabelRuns.pageShift
            let left = page - next % page
            if left < pairs.count + 1 { next += left }
            place = UInt32(next)
            next += pairs.count + 1
            words.ensure(next)
        }
        let run = words[Int(place)]
        run[0] = UInt32(pairs.count)
        for i in 0..<pairs.count { run[i + 1] = pairs[i] }
        return place
    }

    mutating func remove(_ place: UInt32) {
        free[Int(words[Int(place)].pointee), default: []].append(place)
    }

    @inline(__always)
    subscript(_ place: UInt32) -> UnsafeBufferPointer<UInt32> {
        let run = words[Int(place)]
        return UnsafeBufferPointer(start: run + 1, count: Int(run[0]))
    }
}
