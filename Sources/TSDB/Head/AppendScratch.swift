internal import Wire

/// Memory that appends use again and again.
final class AppendScratch {
    /// Slot of each sample of the batch, or ``skipped``.
    var slots: [UInt32] = []
    /// One bit a slot: the batch has a sample of it already.
    var seen: [UInt64] = []
    /// Newest time and value of slots within the batch, used once a slot comes twice.
    var newest: [UInt32: (time: Int64, value: UInt64)] = [:]
    /// Samples of the batch that came out of order and are taken.
    var late: [AcceptedLate] = []
    var lateHistograms: [AcceptedHistogram] = []
    var record = ByteBuffer(capacity: 64 << 10)
    /// References of series that the log does not know yet.
    var unloggedSeries: [UInt32] = []

    static let skipped = UInt32.max
}
