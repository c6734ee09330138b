internal import Synchronization

/// What one batch changed, kept while a reader is at work that must not see it.
final class UndoBatch: Sendable {
    /// The commit that made the change.
    let epoch: UInt64
    let slots: [UInt32]
    /// The newest time of each slot before the batch.
    let lastTimes: [Int64]

    init(epoch: UInt64, slots: [UInt32], lastTimes: [Int64]) {
        self.epoch = epoch
        self.slots = slots
        self.lastTimes = lastTimes
    }
}

/// The readers at work: each sees the head as of the commit after which it began.
///
/// Samples of a series ascend in time, so all that a reader needs to leave out later ones is the newest
/// time that each series had; batches note it only while somebody reads.
final class Isolation: Sendable {
    private struct State {
        var epochs: [UInt64: UInt64] = [:]
        var next: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Returns the number under which the reader is to ``leave(_:)``.
    func enter(epoch: UInt64) -> UInt64 {
        state.withLock {
            $0.next += 1
            $0.epochs[$0.next] = epoch
            return $0.next
        }
    }

    func leave(_ number: UInt64) {
        state.withLock { _ = $0.epochs.removeValue(forKey: number) }
    }

    /// The commit of the oldest reader; nil when there is none.
    var oldestEpoch: UInt64? {
        state.withLock { $0.epochs.values.min() }
    }
}
