import MetricModel

/// `histogram_quantile`, `histogram_quantiles` and `histogram_fraction` over a table of classic buckets
/// and native histograms.
struct BucketFunction {
    private struct Group {
        /// Without `le`.
        var labels: Labels
        /// Rows with their bounds, ascending.
        var buckets: [(bound: Double, row: Int)]
        /// Rows of native histograms with the same labels.
        var natives: [Int]
    }

    private let input: Table
    private let steps: Steps
    private let rules: EvaluationRules
    private let place: Int
    private var groups: [Group] = []
    private(set) var annotations = Annotations()
    private(set) var output: Table

    private let checkCancellation: () throws(QueryError) -> Void

    init(
        _ input: Table, _ steps: Steps, rules: EvaluationRules, place: Int,
        checkCancellation: @escaping () throws(QueryError) -> Void
    ) {
        self.checkCancellation = checkCancellation
        self.input = input
        self.steps = steps
        self.rules = rules
        self.place = place
        output = Table(stepCount: input.stepCount)
        collectGroups()
    }

    private mutating func collectGroups() {
        let le = LabelNames(["le"])
        var index = LabelIndex(capacity: 16)
        var key: [UInt8] = []
        for row in 0..<input.rowCount {
            let labels = input.labels[row]
            let column = input.histogramColumn(row)
            var hasFloats = column == nil
            if column != nil {
                let (group, isNew) = index.insert(labels)
                if isNew { groups.append(Group(labels: labels, buckets: [], natives: [])) }
                groups[group].natives.append(row)
                hasFloats = (0..<input.stepCount).contains { !input.value(row, $0).isAbsent }
            }
            guard hasFloats else { continue }
            let text = labels.value(of: "le") ?? ""
            guard let bound = FloatText.parse(text), !bound.isNaN else {
                if (0..<input.stepCount).contains(where: { !input.value(row, $0).isAbsent }) {
                    annotations.badBucketLabel(
                        text, metric: rules.delaysNameRemoval ? labels.metricName ?? "" : "", at: place)
                }
                continue
            }
            key.removeAll(keepingCapacity: true)
            labels.appendPacked(dropping: le, to: &key)
            let (group, isNew) = index.insert(key)
            if isNew { groups.append(Group(labels: Labels(packedBytes: key[...]), buckets: [], natives: [])) }
            groups[group].buckets.append((bound, row))
        }
        for group in groups.indices { groups[group].buckets.sort { $0.bound < $1.bound } }
    }

    /// - Parameters:
    ///   - quantiles: φ of each step.
    ///   - label: a label of the results that tells φ, or nil.
    mutating func quantiles(_ quantiles: [Double], label: String?) throws(QueryError) {
        // φ as a label may change from step to step.
        var distinct: [Double] = []
        if label != nil {
            for value in quantiles
            where !distinct.contains(where: { $0 == value || ($0.isNaN && value.isNaN) }) {
                distinct.append(value)
            }
        } else {
            distinct = [0]
        }
        for given in distinct {
            for (number, group) in groups.enumerated() {
                if number & 63 == 63 { try checkCancellation() }
                var row = -1
                var buckets = ClassicBuckets()
                for step in 0..<input.stepCount {
                    let quantile = quantiles[step]
                    if label != nil, !(quantile == given || (quantile.isNaN && given.isNaN)) { continue }
                    let metric = rules.delaysNameRemoval ? group.labels.metricName ?? "" : ""
                    let value: Double
                    switch gather(group, step, &buckets) {
                    case .nothing: continue
                    case .native(let histogram):
                        value = NativeQuantile.value(
                            quantile, histogram, metric: metric, place: place, &annotations)
                    case .classic:
                        let (found, repair) = buckets.quantile(quantile)
                        value = found
                        if var repair {
                            repair.firstTime = steps.time(step)
                            repair.lastTime = repair.firstTime
                            annotations.forcedMonotonicity(metric: metric, repair, at: place)
                        }
                    }
                    if row < 0 {
                        row = addRow(
                            group.labels, label.map { ($0, FloatText.string(given, style: .openMetrics)) })
                    }
                    output.values[row * input.stepCount + step] = value
                }
            }
        }
    }

    mutating func fractions(_ lower: [Double], _ upper: [Double]) throws(QueryError) {
        for (number, group) in groups.enumerated() {
            if number & 63 == 63 { try checkCancellation() }
            var row = -1
            var buckets = ClassicBuckets()
            for step in 0..<input.stepCount {
                let value: Double
                switch gather(group, step, &buckets) {
                case .nothing: continue
                case .classic: value = buckets.fraction(lower[step], upper[step])
                case .native(let histogram):
                    value = NativeQuantile.fraction(
                        lower[step], upper[step], histogram,
                        metric: rules.delaysNameRemoval ? group.labels.metricName ?? "" : "",
                        place: place, &annotations)
                }
                if row < 0 { row = addRow(group.labels, nil) }
                output.values[row * input.stepCount + step] = value
            }
        }
    }

    private mutating func addRow(_ labels: Labels, _ extra: (name: String, value: String)?) -> Int {
        var labels = rules.delaysNameRemoval ? labels : labels.dropping(Labels.metadataNames)
        if let extra { labels = labels.setting(extra.name, extra.value) }
        return output.appendRow(labels, dropsName: true)
    }

    private enum Found {
        case nothing
        /// The buckets have been filled.
        case classic
        case native(FloatHistogram)
    }

    /// What a group has at a step.
    private mutating func gather(_ group: Group, _ step: Int, _ buckets: inout ClassicBuckets) -> Found {
        buckets.removeAll()
        for (bound, row) in group.buckets {
            let value = input.value(row, step)
            if !value.isAbsent { buckets.append(bound, value) }
        }
        for row in group.natives {
            guard let histogram = input.histogram(row, step) else { continue }
            if buckets.isEmpty { return .native(histogram) }
            annotations.mixedClassicAndNative(
                metric: rules.delaysNameRemoval ? group.labels.metricName ?? "" : "", at: place)
            return .nothing
        }
        return buckets.isEmpty ? .nothing : .classic
    }
}
