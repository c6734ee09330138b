public import Instruments
import MetricModel
public import StorageAPI
import Synchronization
import Wire

/// Takes what other servers write to us: remote write 1.0 and 2.0.
public final class RemoteWriteReceiver: Sendable {
    /// The most bytes of a decompressed request.
    public static let decodedBytesMax = 32 << 20

    /// What became of a request.
    public struct Outcome: Sendable {
        /// Stored, or stored before with the same value.
        public var sampleCount = 0
        public var histogramCount = 0
        /// Exemplars that were new.
        public var exemplarCount = 0
        /// What of a version 2 request could not be stored, one sentence; nil when all of it was.
        public var partialFailure: String?

        public init() {}
    }

    let store: any SampleStore
    /// What is not in use: one for each request at a time.
    private let scratches = Mutex<[RemoteWriteScratch]>([])
    private let requests: Family<Counter>
    private let samples: Counter
    private let invalidSamples: Counter

    /// - Parameter registry: gets the families `prometheus_api_remote_write_…`.
    /// - Throws: `InstrumentError` when the registry has them already.
    public init(store: any SampleStore, registry: Registry? = nil) throws(InstrumentError) {
        self.store = store
        let registry = registry ?? Registry()
        requests = try registry.counters(
            "prometheus_api_remote_write_requests_total",
            help: "Remote write requests by what became of them.", labels: ["outcome"])
        samples = try registry.counter(
            "prometheus_api_remote_write_samples_total",
            help: "Samples and histograms that remote write stored.")
        invalidSamples = try registry.counter(
            "prometheus_api_remote_write_invalid_labels_samples_total",
            help: "Samples of remote write that were left out because of their labels.")
    }

    /// Stores a request: a snappy block of one message. Of version 1, all of it or nothing; of version 2,
    /// what is good. Blocks on the disk: call it on a worker thread.
    ///
    /// - Throws: every kind of ``RemoteStorageError``.
    public func receive(_ body: UnsafeRawBufferPointer, as message: RemoteWriteMessage)
        throws(RemoteStorageError) -> Outcome
    {
        let scratch = scratches.withLock { $0.popLast() } ?? RemoteWriteScratch()
        defer {
            if scratch.invalidSampleCount > 0 {
                invalidSamples.increment(by: UInt64(scratch.invalidSampleCount))
            }
            scratches.withLock { $0.append(scratch) }
        }
        let outcome: Outcome
        do throws(RemoteStorageError) {
            outcome = try receive(body, message, scratch)
        } catch {
            try? requests.labels(error.kind.rawValue).increment()
            throw error
        }
        samples.increment(by: UInt64(outcome.sampleCount + outcome.histogramCount))
        try? requests.labels(outcome.partialFailure == nil ? "stored" : "partial").increment()
        return outcome
    }

    private func receive(
        _ body: UnsafeRawBufferPointer, _ message: RemoteWriteMessage, _ state: RemoteWriteScratch
    ) throws(RemoteStorageError) -> Outcome {
        state.decoded.removeAll()
        state.invalidSampleCount = 0
        do throws(WireError) {
            try Snappy.decompress(body, limit: RemoteWriteReceiver.decodedBytesMax, into: &state.decoded)
        } catch {
            throw RemoteStorageError(.badRequest, error.message)
        }
        var result = try attempt(message, state)
        if result.refused.contains(where: { $0.reason == .unknownSeries }) {
            // The storage has forgotten series that are idle for long: ask for all anew.
            state.table.removeAll()
            result = try attempt(message, state)
        }
        if state.decoded.count > 4 << 20 { state.decoded = ByteBuffer() }
        return try outcome(of: result, message, state)
    }

    /// Decodes and stores once.
    private func attempt(_ message: RemoteWriteMessage, _ state: RemoteWriteScratch)
        throws(RemoteStorageError) -> AppendResult
    {
        state.batch.removeAll()
        state.batch.isAtomic = message == .version1
        state.faults = []
        state.invalidSampleCount = 0
        state.failure = nil
        do throws(WireError) {
            switch message {
            case .version1: try decodeVersion1(state)
            case .version2: try decodeVersion2(state)
            }
        } catch {
            if let failure = state.failure { throw failure }
            throw RemoteStorageError(.badRequest, error.message)
        }
        do throws(StorageError) { return try store.append(state.batch) } catch {
            throw RemoteStorageError(error)
        }
    }

    private func outcome(
        of result: AppendResult, _ message: RemoteWriteMessage, _ state: RemoteWriteScratch
    ) throws(RemoteStorageError) -> Outcome {
        var outcome = Outcome()
        var faults = state.faults
        if let first = result.refused.first {
            faults.append("\(RemoteWriteReceiver.text(first.reason)) (\(result.refused.count) samples)")
        }
        if message == .version1, let first = faults.first { throw RemoteStorageError(.refusedSamples, first) }
        let refusedHistograms = result.refused.count { $0.index >= state.batch.count }
        outcome.histogramCount = state.batch.histograms.count - refusedHistograms
        outcome.sampleCount = state.batch.count - (result.refused.count - refusedHistograms)
        outcome.exemplarCount = result.exemplarCount
        outcome.partialFailure = faults.isEmpty ? nil : faults.joined(separator: "; ")
        return outcome
    }

    /// In Prometheus' words, which senders' logs are searched for.
    private static func text(_ reason: SampleRefusal) -> String {
        switch reason {
        case .outOfOrder: "out of order sample"
        case .duplicateTimestamp: "duplicate sample for timestamp"
        case .outOfBounds: "out of bounds"
        case .tooFarAhead: "out of bounds: more than 10 minutes ahead of the clock"
        case .unknownSeries: "unknown series"
        }
    }
}

extension RemoteStorageError {
    init(_ error: StorageError) {
        let kind: Kind =
            switch error.kind {
            case .tooManySeries: .tooManySeries
            case .notReady, .diskFull, .cancelled: .unavailable
            default: .storage
            }
        self.init(kind, error.message)
    }
}
