internal import MetricModel
internal import Platform
internal import StorageAPI
internal import Synchronization

/// The newest hours of all series, in memory, with the log that makes them survive.
///
/// Locks: ``appendLock`` lets one writer through at a time and is held over the write to the log;
/// ``stateLock`` is held exclusively only while memory changes, so that readers never wait for the
/// disk. Take them in this order.
final class Head: @unchecked Sendable {
    // Safe to share: all mutable state is in `store`, `scratch` and `wal`, guarded as told above.
    let options: DatabaseOptions
    let disk: any Disk
    let clock: any WallClock
    let stateLock = ReadWriteLock()
    let appendLock = Mutex<Void>(())
    let store: UnsafeMutablePointer<HeadStore>
    let isolation = Isolation()
    let selections = SelectionCache()
    let exemplars: Mutex<ExemplarRing>
    let damages = DamageList()
    /// Under ``appendLock``.
    let scratch = AppendScratch()
    /// Under ``appendLock``; nil while the log is being read and after closing.
    var wal: WALWriter?
    /// Under ``appendLock``; nil until a sample comes out of order.
    var lateLog: WALWriter?

    /// Where full chunks go.
    var chunkFolder: String { options.path + "/chunks_head" }

    init(_ options: DatabaseOptions, disk: any Disk, clock: any WallClock) {
        self.options = options
        self.disk = disk
        self.clock = clock
        exemplars = Mutex(ExemplarRing(capacity: options.exemplarLimit))
        store = .allocate(capacity: 1)
        store.initialize(to: HeadStore(disk: disk, chunkFolder: chunkFolder))
    }

    deinit {
        store.deinitialize(count: 1)
        store.deallocate()
    }

    /// The newest time that a series of the head has, `Int64.min` when it has none.
    var maxTime: Int64 { stateLock.withReadLock { store.pointee.maxTime } }
    /// The same, but no later than samples are taken now. What the log or a block has of a time when the
    /// clock was wrong does not move the bounds for others.
    var credibleMaxTime: Int64 { min(maxTime, lastAppendableTime) }

    /// The latest time (inclusive) that a sample may have now, milliseconds.
    var lastAppendableTime: Int64 { Head.lastAppendableTime(clock) }

    /// Ten minutes ahead, as Prometheus allows scrapes.
    static func lastAppendableTime(_ clock: any WallClock) -> Int64 { clock.now() + 600_000 }

    /// The bounds of the samples of the head, late ones too; nil when there is none.
    var times: ClosedRange<Int64>? {
        stateLock.withReadLock {
            let late = store.pointee.late.values
            let first = min(store.pointee.minTime, late.compactMap(\.firstTime).min() ?? .max)
            let last = max(store.pointee.maxTime, late.compactMap(\.lastTime).max() ?? .min)
            return first <= last ? first...last : nil
        }
    }

    var minTime: Int64 { stateLock.withReadLock { store.pointee.minTime } }
    var seriesCount: Int { stateLock.withReadLock { store.pointee.seriesCount } }
    var counters: HeadCounters { stateLock.withReadLock { store.pointee.counters } }

    /// The end (exclusive) of the block range that a time falls into.
    func rangeEnd(_ time: Int64) -> Int64 {
        let range = options.chunkRange
        var start = time / range * range
        // The head is empty: `.min`.
        if start > time, start < .min + range { return start }
        if start > time { start -= range }
        let (end, overflow) = start.addingReportingOverflow(range)
        return overflow ? .max : end
    }
}
