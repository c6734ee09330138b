import NIOCore
import StorageAPI
import Synchronization
import Wire

/// The room that one scrape needs while it runs, reused by the next one of whichever target.
///
/// Safe to share: only the scrape that took it from the pool touches it.
final class ScrapeScratch: @unchecked Sendable {
    /// The body as it came.
    var received = NIOCore.ByteBuffer()
    /// The body decompressed.
    var inflated = Wire.ByteBuffer()
    var batch = SampleBatch()
}

/// Scratch room that is not in use.
final class ScratchPool: Sendable {
    private let free = Mutex<[ScrapeScratch]>([])
    /// More than this many scrapes at once are rare; their room is given back to the system.
    private static let freeMax = 2

    func take() -> ScrapeScratch {
        free.withLock { $0.popLast() } ?? ScrapeScratch()
    }

    func give(_ scratch: ScrapeScratch) {
        scratch.batch.removeAll()
        scratch.inflated.removeAll()
        free.withLock { free in
            if free.count < Self.freeMax { free.append(scratch) }
        }
    }
}
