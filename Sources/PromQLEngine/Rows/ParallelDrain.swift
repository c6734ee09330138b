import Platform
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Makes the pieces of a row source on several threads and hands them over in order, so that what is
/// done with them does not depend on timing.
///
/// The taking thread works too: it makes a piece itself whenever the next one is not ready. Helpers are
/// threads that all queries share; they never wait, but leave when enough is ready.
final class ParallelDrain: Sendable {
    private struct State {
        /// Pieces that are ready, by number.
        var ready: [Int: Result<RowBatch, QueryError>] = [:]
        var nextPiece = 0
        /// Pieces handed over.
        var takenCount = 0
        var helperCount = 0
        var isStopped = false
        var spare: [RowBatch] = []
    }

    private let source: any RowSource
    private let size: Int
    private let cancellation: Cancellation
    private let countsSteps: Bool
    private let pieceCount: Int
    private let helperLimit: Int
    /// How many pieces may be ahead of the one that is taken next.
    private let lead: Int
    private let state = Mutex(State())
    private let condition = Condition()

    static let coreCount = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))

    /// Shared by all queries; one fewer than cores, since each query brings a thread of its own.
    private static let helpers: WorkerThreads? =
        coreCount > 1 ? WorkerThreads(name: "query-helper", count: coreCount - 1) : nil

    init(_ source: any RowSource, size: Int, helpers: Int, cancellation: Cancellation, countsSteps: Bool) {
        self.source = source
        self.size = size
        self.cancellation = cancellation
        self.countsSteps = countsSteps
        pieceCount = (source.inputCount + size - 1) / size
        helperLimit = helpers
        lead = (helpers + 1) * 4
        callHelpers()
    }

    /// The piece with a number; numbers must be asked for in order.
    func take(_ piece: Int) throws(QueryError) -> RowBatch {
        while true {
            enum Next {
                case ready(Result<RowBatch, QueryError>)
                case make(Int, RowBatch?)
                case wait
            }
            let next = state.withLock { state -> Next in
                if let result = state.ready.removeValue(forKey: piece) {
                    state.takenCount = piece + 1
                    return .ready(result)
                }
                if let (number, batch) = claim(&state) { return .make(number, batch) }
                return .wait
            }
            switch next {
            case .ready(let result):
                callHelpers()
                switch result {
                case .success(let batch): return batch
                case .failure(let error): throw error
                }
            case .make(let number, let batch): make(number, batch)
            case .wait: condition.wait { state.withLock { $0.ready[piece] != nil } ? () : nil }
            }
        }
    }

    /// Keeps a batch for reuse.
    func giveBack(_ batch: consuming RowBatch) {
        batch.removeAll()
        let kept = batch
        state.withLock { $0.spare.append(kept) }
    }

    /// No more pieces are wanted.
    func stop() {
        state.withLock { $0.isStopped = true }
    }

    // MARK: - Making

    private func claim(_ state: inout State) -> (Int, RowBatch?)? {
        guard !state.isStopped, state.nextPiece < pieceCount, state.nextPiece < state.takenCount + lead else {
            return nil
        }
        state.nextPiece += 1
        return (state.nextPiece - 1, state.spare.popLast())
    }

    private func make(_ piece: Int, _ spare: RowBatch?) {
        var batch =
            spare
            ?? RowBatch(stepCount: source.stepCount, cancellation: cancellation, countsSteps: countsSteps)
        let result: Result<RowBatch, QueryError>
        do throws(QueryError) {
            try source.produce(piece * size..<min((piece + 1) * size, source.inputCount), into: &batch)
            result = .success(batch)
        } catch {
            result = .failure(error)
        }
        state.withLock { $0.ready[piece] = result }
        condition.signal()
    }

    private func callHelpers() {
        guard let helpers = ParallelDrain.helpers else { return }
        let wanted = state.withLock { state -> Int in
            let open = min(pieceCount, state.takenCount + lead) - state.nextPiece
            let wanted = state.isStopped ? 0 : min(helperLimit - state.helperCount, open)
            if wanted > 0 { state.helperCount += wanted }
            return wanted
        }
        guard wanted > 0 else { return }
        for _ in 0..<wanted {
            let refusal = helpers.submit { self.help() }
            if refusal != nil { state.withLock { $0.helperCount -= 1 } }
        }
    }

    private func help() {
        while let (piece, batch) = state.withLock({ claim(&$0) }) { make(piece, batch) }
        state.withLock { $0.helperCount -= 1 }
    }
}
