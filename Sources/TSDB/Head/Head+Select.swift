internal import MetricModel
internal import Platform
internal import StorageAPI

extension Head {
    /// The references of series that pass all matchers, ascending by labels. Only series with a
    /// reference below `end` count. Under the read lock.
    func select(_ matchers: [LabelMatcher], referenceEnd end: UInt32) -> [UInt32] {
        let generation = store.pointee.counters.seriesCreated &+ store.pointee.counters.seriesRemoved << 40
        var key = ""
        for matcher in matchers {
            key +=
                "\(matcher.name.utf8.count):\(matcher.name)\(matcher.kind.rawValue)\(matcher.value.utf8.count):\(matcher.value)"
        }
        if let known = selections.find(key, generation: generation), end >= store.pointee.nextReference {
            return known
        }
        var found = unsorted(matchers)
        if end < store.pointee.nextReference {
            found.removeAll { $0 >= end }
            return sortByLabels(found)
        }
        found = sortByLabels(found)
        selections.insert(key, generation: generation, found)
        return found
    }

    /// The references of series that pass all matchers, ascending by number. Under the read lock.
    func unsorted(_ matchers: [LabelMatcher]) -> [UInt32] {
        // Those that name their postings directly come first, the shortest of them before the others: they are cheap and
        // leave little.
        guard let equalities = equalPairs(matchers) else { return [] }
        var result: [UInt32]?
        for (pair, _) in equalities {
            store.pointee.pairs.withPostings(pair) { narrow(&result, $0) }
            if result?.isEmpty == true { return [] }
        }
        var rest: [LabelMatcher] = []
        for matcher in matchers where !matcher.namesPair {
            if matcher.kind == .matches, let literals = matcher.pattern?.literals,
                !literals.contains("")
            {
                var union: [UInt32] = []
                for literal in literals {
                    let pair = pairNumber(matcher.name, literal)
                    if pair != 0 { store.pointee.pairs.withPostings(pair) { union.append(contentsOf: $0) } }
                }
                PostingsMath.sortedUnion(&union)
                union.withUnsafeBufferPointer { narrow(&result, $0) }
            } else {
                rest.append(matcher)
            }
            if result?.isEmpty == true { return [] }
        }
        for matcher in rest {
            result = filter(result, matcher)
            if result?.isEmpty == true { return [] }
        }
        return result ?? allReferences()
    }

    /// The pairs that matchers name with the lengths of their postings, the shortest first; nil when one of them is unknown,
    /// so that no series passes. Under the read lock.
    private func equalPairs(_ matchers: [LabelMatcher]) -> [(pair: UInt32, count: Int)]? {
        var found: [(pair: UInt32, count: Int)] = []
        for matcher in matchers where matcher.namesPair {
            let pair = pairNumber(matcher.name, matcher.value)
            if pair == 0 { return nil }
            store.pointee.pairs.withPostings(pair) { found.append((pair, $0.count)) }
        }
        found.sort { $0.count < $1.count }
        return found
    }

    /// The most series that can pass, when matchers name pairs; nil when none does. Under the read lock.
    func countMax(_ matchers: [LabelMatcher]) -> Int? {
        guard matchers.contains(where: \.namesPair) else { return nil }
        return equalPairs(matchers).map { $0.first?.count ?? 0 } ?? 0
    }

    private func narrow(_ result: inout [UInt32]?, _ postings: UnsafeBufferPointer<UInt32>) {
        result =
            result.map { known in
                known.withUnsafeBufferPointer { PostingsMath.intersect($0, postings) }
            } ?? Array(postings)
    }

    private func pairNumber(_ name: String, _ value: String) -> UInt32 {
        let nameSymbol = store.pointee.symbols.find(name)
        if nameSymbol == 0 { return 0 }
        let valueSymbol = store.pointee.symbols.find(value)
        if valueSymbol == 0 { return 0 }
        return store.pointee.pairs.find(name: nameSymbol, value: valueSymbol)
    }

    private func allReferences() -> [UInt32] {
        var all: [UInt32] = []
        all.reserveCapacity(store.pointee.seriesCount)
        for reference in 1..<max(1, store.pointee.nextReference)
        where store.pointee.slotOfReference[Int(reference)].pointee != 0 { all.append(reference) }
        return all
    }

    /// Applies a matcher that needs a look at the label's values.
    private func filter(_ known: [UInt32]?, _ matcher: LabelMatcher) -> [UInt32] {
        let name = store.pointee.symbols.find(matcher.name)
        let passesEmpty = matcher.matchesEmpty
        guard name != 0, let pairs = store.pointee.pairs.pairsOfName[name] else {
            return passesEmpty ? known ?? allReferences() : []
        }
        if let known, known.count < pairs.count || known.count < 64 {
            return filterByLabels(known, name, matcher, passesEmpty)
        }
        // The values that decide: those that match, or, when a missing label passes, those that do not.
        var deciding: [UInt32] = []
        var count = 0
        for pair in pairs {
            let value = store.pointee.symbols[store.pointee.pairs.value(pair)]
            if passes(matcher, value) != passesEmpty {
                deciding.append(pair)
                store.pointee.pairs.withPostings(pair) { count += $0.count }
            }
        }
        // So many numbers of a list take as long as a look at the labels of a series.
        if let known, known.count < count / 16 { return filterByLabels(known, name, matcher, passesEmpty) }
        var union: [UInt32] = []
        union.reserveCapacity(count)
        for pair in deciding { store.pointee.pairs.withPostings(pair) { union.append(contentsOf: $0) } }
        PostingsMath.sortedUnion(&union)
        return union.withUnsafeBufferPointer { union in
            if passesEmpty { return PostingsMath.subtract(known ?? allReferences(), union) }
            guard let known else { return Array(union) }
            return known.withUnsafeBufferPointer { PostingsMath.intersect($0, union) }
        }
    }

    /// Looks at the label of each series, at each value once.
    private func filterByLabels(
        _ known: [UInt32], _ name: UInt32, _ matcher: LabelMatcher, _ passesEmpty: Bool
    ) -> [UInt32] {
        var verdicts: [UInt32: Bool] = [:]
        return known.filter { reference in
            guard let slot = store.pointee.slot(of: UInt64(reference)) else { return false }
            for pair in store.pointee.labelRuns[store.pointee.records[slot].pointee.labels]
            where store.pointee.pairs.name(pair) == name {
                if let verdict = verdicts[pair] { return verdict }
                let verdict = passes(matcher, store.pointee.symbols[store.pointee.pairs.value(pair)])
                verdicts[pair] = verdict
                return verdict
            }
            return passesEmpty
        }
    }

    private func passes(_ matcher: LabelMatcher, _ value: UnsafeRawBufferPointer) -> Bool {
        let bytes = value.assumingMemoryBound(to: UInt8.self)
        switch matcher.kind {
        case .equal: return equalBytes(matcher.value, value)
        case .notEqual: return !equalBytes(matcher.value, value)
        case .matches: return matcher.pattern?.matches(bytes) ?? false
        case .notMatches: return !(matcher.pattern?.matches(bytes) ?? false)
        }
    }

    private func equalBytes(_ text: String, _ value: UnsafeRawBufferPointer) -> Bool {
        var text = text
        return text.withUTF8 { equal(UnsafeRawBufferPointer($0), value) }
    }

    // MARK: - Order

    /// Sorts references by the labels of their series. Under the read lock.
    func sortByLabels(_ references: [UInt32]) -> [UInt32] {
        // Most labels of two selected series are the same pair: a comparison of numbers finds where
        // they part, and only there strings are looked at.
        var keyed = references.compactMap { reference -> (place: UInt32, reference: UInt32)? in
            guard let slot = store.pointee.slot(of: UInt64(reference)) else { return nil }
            return (store.pointee.records[slot].pointee.labels, reference)
        }
        keyed.sort { precedes($0.place, $1.place) }
        return keyed.map(\.reference)
    }

    private func precedes(_ a: UInt32, _ b: UInt32) -> Bool {
        let runA = store.pointee.labelRuns[a]
        let runB = store.pointee.labelRuns[b]
        let shared = min(runA.count, runB.count)
        for i in 0..<shared where runA[i] != runB[i] {
            let nameA = store.pointee.pairs.name(runA[i])
            let nameB = store.pointee.pairs.name(runB[i])
            if nameA != nameB {
                return compare(store.pointee.symbols[nameA], store.pointee.symbols[nameB]) < 0
            }
            return compare(
                store.pointee.symbols[store.pointee.pairs.value(runA[i])],
                store.pointee.symbols[store.pointee.pairs.value(runB[i])]) < 0
        }
        return runA.count < runB.count
    }

    /// Whether a series has these labels. Under either lock.
    func hasLabels(_ labels: Labels, _ slot: Int) -> Bool {
        labels.packed.withUnsafeBytes { packed in
            var position = 0
            for pair in store.pointee.labelRuns[store.pointee.records[slot].pointee.labels] {
                guard
                    Labels.has(
                        store.pointee.symbols[store.pointee.pairs.name(pair)], in: packed, at: &position),
                    Labels.has(
                        store.pointee.symbols[store.pointee.pairs.value(pair)], in: packed, at: &position)
                else { return false }
            }
            return position == packed.count
        }
    }

    /// The labels of a series. Under either lock.
    func labels(_ slot: Int) -> Labels {
        var packed: [UInt8] = []
        packed.reserveCapacity(256)
        for pair in store.pointee.labelRuns[store.pointee.records[slot].pointee.labels] {
            Labels.appendPacked(store.pointee.symbols[store.pointee.pairs.name(pair)], to: &packed)
            Labels.appendPacked(store.pointee.symbols[store.pointee.pairs.value(pair)], to: &packed)
        }
        return Labels(sortedPacked: packed)
    }
}

extension LabelMatcher {
    /// Whether the series that pass are those of one pair.
    var namesPair: Bool { kind == .equal && !value.isEmpty }
}
