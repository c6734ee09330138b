internal import MetricModel
internal import Platform
internal import StorageAPI
internal import Synchronization

extension Head {
    /// The reference of a series, made when it is new.
    func register(_ labels: Labels) throws(StorageError) -> UInt32 {
        let hash = labels.packed.withUnsafeBytes { UInt32(truncatingIfNeeded: ByteHash.hash($0)) }
        let found = stateLock.withReadLock { find(labels, hash) }
        if found != 0 { return found }
        guard !labels.isEmpty else {
            throw StorageError(.invalidLabels, "cannot store a series: it has no labels")
        }
        let result: Result<UInt32, StorageError> = appendLock.withLock { _ in
            guard wal != nil else {
                return .failure(StorageError(.notReady, "cannot store a series: the storage is closed"))
            }
            return stateLock.withWriteLock {
                let again = find(labels, hash)
                if again != 0 { return .success(again) }
                if options.seriesLimit > 0, store.pointee.seriesCount >= options.seriesLimit {
                    store.pointee.counters.seriesRefused += 1
                    return .failure(
                        StorageError(
                            .tooManySeries,
                            "cannot store a new series: got \(options.seriesLimit) already, which is the limit"
                        ))
                }
                guard store.pointee.nextReference < .max else {
                    return .failure(
                        StorageError(.tooManySeries, "cannot store a new series: all numbers are used"))
                }
                let reference = insert(labels, hash, reference: store.pointee.nextReference)
                guard let reference else {
                    return .failure(
                        StorageError(.invalidLabels, "cannot store a series: it has too many labels"))
                }
                store.pointee.counters.seriesCreated += 1
                scratch.unloggedSeries.append(reference)
                return .success(reference)
            }
        }
        return try result.get()
    }

    /// The reference of a known series, or 0. Under either lock.
    func find(_ labels: Labels, _ hash: UInt32) -> UInt32 {
        labels.packed.withUnsafeBytes { packed in
            store.pointee.identities.find(hash) { reference in
                guard let slot = store.pointee.slot(of: UInt64(reference)) else { return false }
                return store.pointee.hasLabels(slot, packed)
            }
        }
    }

    /// Makes a series; nil when it has more labels than can be kept. Under both locks.
    func insert(_ labels: Labels, _ hash: UInt32, reference: UInt32) -> UInt32? {
        var run: [UInt32] = []
        labels.visit { name, value in
            run.append(pair(UnsafeRawBufferPointer(name), UnsafeRawBufferPointer(value)))
            return true
        }
        guard run.count <= LabelRuns.countMax else { return nil }
        let slot = store.pointee.freeSlots.popLast() ?? store.pointee.slotEnd
        if slot == store.pointee.slotEnd { store.pointee.slotEnd += 1 }
        store.pointee.records.ensure(Int(slot))
        store.pointee.reserve(reference)
        store.pointee.slotOfReference[Int(reference)].pointee = slot + 1
        let place = store.pointee.labelRuns.insert(run)
        store.pointee.records[Int(slot)].pointee = SeriesRecord(
            reference: reference, labels: place, hash: hash)
        store.pointee.identities.insert(hash, reference)
        for pair in run { store.pointee.pairs.append(reference, to: pair) }
        store.pointee.seriesCount += 1
        return reference
    }

    private func pair(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> UInt32 {
        let nameSymbol = store.pointee.symbols.find(name)
        let valueSymbol = store.pointee.symbols.find(value)
        if nameSymbol != 0, valueSymbol != 0 {
            let found = store.pointee.pairs.find(name: nameSymbol, value: valueSymbol)
            if found != 0 { return found }
        }
        let newName = store.pointee.symbols.retain(name)
        let newValue = store.pointee.symbols.retain(value)
        return store.pointee.pairs.insert(name: newName, value: newValue)
    }
}
