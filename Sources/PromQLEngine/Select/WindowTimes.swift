import MetricModel
import Platform

/// Which samples a range vector holds at each step: those in `(start, end]`.
struct WindowTimes: Sendable {
    let steps: Steps
    /// Milliseconds.
    let range: Int64
    let offset: Int64
    /// The moment of `@`, or nil.
    let at: Timestamp?

    /// The inclusive end at a step.
    @inline(__always)
    func end(_ step: Int) -> Timestamp { (at ?? steps.time(step)) - offset }

    /// The exclusive start of the first window.
    var firstStart: Timestamp { end(0) - range }

    /// The inclusive end of the last window.
    var lastEnd: Timestamp { end(max(steps.count - 1, 0)) }

    /// `range` in seconds, as Go's `Duration.Seconds` rounds it.
    var rangeSeconds: Double { Double(range / 1000) + Double(range % 1000 * 1_000_000) / 1e9 }
}

/// The floats of one series with a window that slides over them.
struct FloatWindows {
    let times: UnsafeBufferPointer<Timestamp>
    let values: UnsafeBufferPointer<Double>
    let windows: WindowTimes
    let output: UnsafeMutableBufferPointer<Double>
    let cancellation: Cancellation?
    /// Grows by the samples of all windows together.
    let looked: UnsafeMutablePointer<Int>
    /// The same by step, or nil.
    let perStep: UnsafeMutablePointer<Int>?

    /// Calls `body` with the half-open index range of the samples of each step that has any. Each
    /// sample is passed once by either end.
    @inline(__always)
    func slide(_ body: (_ step: Int, _ begin: Int, _ end: Int) -> Void) {
        slide(over: 0..<windows.steps.count, from: 0, body)
    }

    /// ``slide(_:)`` over some of the steps, none of whose windows holds a sample before `start`.
    @inline(__always)
    private func slide(over steps: Range<Int>, from start: Int, _ body: (Int, Int, Int) -> Void) {
        var begin = start
        var end = start
        var total = 0
        let count = times.count
        for step in steps {
            let last = windows.end(step)
            let first = last - windows.range
            while end < count, times[end] <= last { end += 1 }
            while begin < end, times[begin] <= first { begin += 1 }
            if begin < end {
                total += end - begin
                if let perStep { perStep[step] += end - begin }
                body(step, begin, end)
            }
        }
        looked.pointee += total
    }

    /// ``slide(_:)`` with another body for the steps in the midst of even samples: it gets them all at once.
    @inline(__always)
    func slide(_ even: EvenSamples?, evenly: (EvenSamples) -> Void, _ body: (Int, Int, Int) -> Void) {
        guard let even else {
            slide(body)
            return
        }
        slide(over: 0..<even.steps.lowerBound, from: 0, body)
        looked.pointee += even.steps.count * even.window.count
        if let perStep { for step in even.steps { perStep[step] += even.window.count } }
        evenly(even)
        slide(
            over: even.steps.upperBound..<windows.steps.count,
            from: min(even.window.lowerBound + (even.steps.count - 1) * even.stride, times.count), body)
    }

    /// The same for work whose time grows with the window: ends early when the query is cancelled.
    @inline(__always)
    func slideSlowly(_ body: (_ step: Int, _ begin: Int, _ end: Int) -> Void) {
        var sinceLook = 0
        var isOver = false
        slide { step, begin, end in
            if isOver { return }
            sinceLook += end - begin
            if sinceLook > 100_000 {
                sinceLook = 0
                isOver = cancellation.map { $0.isCancelled || $0.isPastDeadline } ?? false
                if isOver { return }
            }
            body(step, begin, end)
        }
    }

    /// Whether windows overlap so much that looking at all their samples costs many times more than
    /// looking at each sample once.
    var overlapsMuch: Bool {
        windows.at == nil && windows.range > windows.steps.interval &* 8 && windows.steps.count > 8
            && times.count > 64
    }
}
