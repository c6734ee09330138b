import ArgumentParser
import MetricModel

/// The times of a range query as promtool fills in what is not given.
struct QuerySteps {
    /// Milliseconds.
    let start: Timestamp
    let end: Timestamp
    let step: Int64

    /// Exit code 1 when the start is not before the end.
    init(start: TimeFlag?, end: TimeFlag?, step: DurationFlag?, now: Timestamp) throws {
        self.end = end?.milliseconds ?? now
        self.start = start?.milliseconds ?? self.end - 300_000
        guard self.start < self.end else {
            StandardError.write("start time is not before end time\n")
            throw ExitCode(1)
        }
        let given = step?.milliseconds ?? 0
        self.step = given > 0 ? given : max((self.end - self.start) / 1000 / 250, 1) * 1000
    }
}
