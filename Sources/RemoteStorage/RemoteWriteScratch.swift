import StorageAPI
import Wire

/// What one remote write request needs while it is taken, reused by the next.
///
/// Safe to share: only the request that took it touches it.
final class RemoteWriteScratch: @unchecked Sendable {
    var table = SeriesTable()
    var batch = SampleBatch()
    var labels = LabelCollector()
    var decoded = ByteBuffer()
    var references: [UInt32] = []
    /// Of version 2; they lie in ``decoded``.
    var symbols: [UnsafeRawBufferPointer] = []
    /// Of version 2: what was made of symbols. The series of a family have the same.
    var metadata: [MetadataReference: SeriesMetadata] = [:]
    /// What of the request is left out.
    var faults: [String] = []
    var invalidSampleCount = 0
    /// Why the storage did not make a series; set before decoding ends early.
    var failure: RemoteStorageError?
}
