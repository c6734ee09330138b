internal import MetricModel
internal import Platform

extension HeadSnapshot {
    /// The label names of series that pass all matchers, in no order.
    func labelNames(_ matchers: [LabelMatcher]) -> [String] {
        head.stateLock.withReadLock {
            let store = head.store
            if matchers.isEmpty {
                return store.pointee.pairs.pairsOfName.keys.map { store.pointee.symbols.string($0) }
            }
            var names: Set<UInt32> = []
            for reference in head.unsorted(matchers) {
                guard let slot = store.pointee.slot(of: UInt64(reference)) else { continue }
                for pair in store.pointee.labelRuns[store.pointee.records[slot].pointee.labels] {
                    names.insert(store.pointee.pairs.name(pair))
                }
            }
            return names.map { store.pointee.symbols.string($0) }
        }
    }

    /// How many values a label has, or, for a nil name, how many names of labels there are.
    func count(ofValuesOf name: String?) -> Int {
        head.stateLock.withReadLock {
            let store = head.store
            guard let name else { return store.pointee.pairs.pairsOfName.count }
            return store.pointee.pairs.pairsOfName[store.pointee.symbols.find(name)]?.count ?? 0
        }
    }

    /// The values of a label over series that pass all matchers, in no order.
    func labelValues(_ name: String, _ matchers: [LabelMatcher]) -> [String] {
        head.stateLock.withReadLock {
            let store = head.store
            let symbol = store.pointee.symbols.find(name)
            guard symbol != 0, let pairs = store.pointee.pairs.pairsOfName[symbol] else { return [] }
            if matchers.isEmpty {
                return pairs.map { store.pointee.symbols.string(store.pointee.pairs.value($0)) }
            }
            var values: Set<UInt32> = []
            for reference in head.unsorted(matchers) {
                guard let slot = store.pointee.slot(of: UInt64(reference)) else { continue }
                for pair in store.pointee.labelRuns[store.pointee.records[slot].pointee.labels]
                where store.pointee.pairs.name(pair) == symbol {
                    values.insert(store.pointee.pairs.value(pair))
                }
            }
            return values.map { store.pointee.symbols.string($0) }
        }
    }
}
