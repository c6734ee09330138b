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
        labels.packed.withUnsafeBytes { find($0, hash) }
    }

    /// - Parameter packed: labels, see ``MetricModel/Labels/packed``.
    func find(_ packed: UnsafeRawBufferPointer, _ hash: UInt32) -> UInt32 {
        store.pointee.identities.find(hash) { reference in
            guard let slot = store.pointee.slot(of: UInt64(reference)) else { return false }
            return store.pointee.hasLabels(slot, packed)
        }
    }

    /// Makes a series; nil when it has more labels than can be kept. Under both locks.
    func insert(_ labels: Labels, _ hash: UInt32, reference: UInt32) -> UInt32? {
        labels.packed.withUnsafeBytes { insert($0, hash, reference: reference) }
    }

    /// - Parameter packed: labels, see ``MetricModel/Labels/packed``.
    func insert(_ packed: UnsafeRawBufferPointer, _ hash: UInt32, reference: UInt32) -> UInt32? {
        var run: [UInt32] = []
        swap(&run, &store.pointee.nextRun)
        defer {
            run.removeAll(keepingCapacity: true)
            swap(&run, &store.pointee.nextRun)
        }
        // Series that come one after another have most labels in common.
        let newest = store.pointee.newestRun
        let before = newest == 0 ? UnsafeBufferPointer(start: nil, count: 0) : store.pointee.labelRuns[newest]
        Labels.visit(packed) { name, value in
            let similar = run.count < before.count ? before[run.count] : 0
            run.append(pair(name, value, similar: similar))
        }
        guard run.count <= LabelRuns.countMax else { return nil }
        let slot = store.pointee.freeSlots.popLast() ?? store.pointee.slotEnd
        if slot == store.pointee.slotEnd { store.pointee.slotEnd += 1 }
        store.pointee.records.ensure(Int(slot))
        store.pointee.reserve(reference)
        store.pointee.slotOfReference[Int(reference)].pointee = slot + 1
        let place = store.pointee.labelRuns.insert(run)
        store.pointee.newestRun = place
        store.pointee.records[Int(slot)].pointee = SeriesRecord(
            reference: reference, labels: place, hash: hash)
        store.pointee.identities.insert(hash, reference)
        for pair in run { store.pointee.pairs.append(reference, to: pair) }
        store.pointee.seriesCount += 1
        return reference
    }

    /// - Parameter similar: the number of a pair that may be the same or have the same name, or 0.
    private func pair(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, similar: UInt32
    ) -> UInt32 {
        var nameSymbol: UInt32 = 0
        if similar != 0 {
            let symbol = store.pointee.pairs.name(similar)
            if symbol != 0, equal(store.pointee.symbols[symbol], name) {
                if equal(store.pointee.symbols[store.pointee.pairs.value(similar)], value) { return similar }
                nameSymbol = symbol
            }
        }
        if nameSymbol == 0 { nameSymbol = store.pointee.symbols.find(name) }
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
