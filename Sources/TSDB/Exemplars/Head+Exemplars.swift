internal import MetricModel
internal import StorageAPI
internal import Synchronization
internal import Wire

/// A checked exemplar of a batch.
struct AcceptedExemplar {
    var reference: UInt64
    var labels: Labels
    var exemplar: Exemplar
}

extension Head {
    /// The exemplars of a batch that are new, for the log and the ring. Under ``appendLock``.
    func checkExemplars(_ batch: borrowing SampleBatch, _ bounds: AppendableTimes) -> [AcceptedExemplar] {
        guard !batch.exemplars.isEmpty, options.exemplarLimit > 0 else { return [] }
        var accepted: [AcceptedExemplar] = []
        for i in batch.exemplars.indices {
            let reference = batch.exemplarSeries[i].number
            let exemplar = batch.exemplars[i]
            guard let slot = store.pointee.slot(of: reference), exemplar.timestamp <= bounds.last else {
                continue
            }
            let labels = labels(slot)
            let isNew = exemplars.withLock { ring in
                switch ring.verdict(on: exemplar, of: labels) {
                case .new: return true
                case .outOfOrder: ring.noteOutOfOrder()
                case .known, .refused: break
                }
                return false
            }
            if isNew {
                accepted.append(AcceptedExemplar(reference: reference, labels: labels, exemplar: exemplar))
            }
        }
        return accepted
    }

    /// Puts exemplars that are in the log into the ring. Returns how many.
    func storeExemplars(_ accepted: [AcceptedExemplar]) -> Int {
        if accepted.isEmpty { return 0 }
        return exemplars.withLock { ring in
            var count = 0
            for sample in accepted {
                // Another one of the batch may have made it old.
                switch ring.verdict(on: sample.exemplar, of: sample.labels) {
                case .new:
                    ring.add(sample.exemplar, of: sample.labels)
                    count += 1
                case .outOfOrder: ring.noteOutOfOrder()
                case .known, .refused: break
                }
            }
            return count
        }
    }
}
