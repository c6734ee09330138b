import MetricModel

/// `sum`, compensated.
struct SumAggregator: Aggregator {
    let steps: Int
    let place: Int
    private var sums: [Double] = []
    private var compensations: [Double] = []
    private var histograms = HistogramGroups(isMean: false)

    init(steps: Int, place: Int) {
        self.steps = steps
        self.place = place
    }

    var heldCount: Int { sums.count * 2 + histograms.heldCount }

    mutating func add(_ rows: borrowing Table, _ row: Int, group: Int, _ annotations: inout Annotations) {
        while sums.count < (group + 1) * steps {
            sums.append(contentsOf: repeatElement(.absent, count: steps))
            compensations.append(contentsOf: repeatElement(0, count: steps))
        }
        let steps = steps
        rows.values.withUnsafeBufferPointer { input in
            sums.withUnsafeMutableBufferPointer { sums in
                compensations.withUnsafeMutableBufferPointer { compensations in
                    var step = 0
                    while step < steps {
                        if SumAggregator.addFour(
                            input, row * steps + step, sums, compensations, group * steps + step,
                            of: steps - step)
                        {
                            step += 4
                            continue
                        }
                        defer { step += 1 }
                        let value = input[row * steps + step]
                        if value.isAbsent { continue }
                        let index = group * steps + step
                        if sums[index].isAbsent {
                            sums[index] = value
                            continue
                        }
                        var sum = KahanSum(sums[index], compensation: compensations[index])
                        sum.add(value)
                        sums[index] = sum.sum
                        compensations[index] = sum.compensation
                    }
                }
            }
        }
        if rows.histogramColumn(row) != nil {
            histograms.add(rows, row, group: group, place: place, &annotations)
        }
    }

    /// Adds four values to four sums when there are as many and all, and what they add up to, are finite. An absent one is a
    /// NaN.
    @inline(__always)
    private static func addFour(
        _ input: UnsafeBufferPointer<Double>, _ source: Int, _ sums: UnsafeMutableBufferPointer<Double>,
        _ compensations: UnsafeMutableBufferPointer<Double>, _ target: Int, of left: Int
    ) -> Bool {
        typealias Four = SIMD4<Double>
        guard left >= 4 else { return false }
        let width = MemoryLayout<Double>.stride
        let values = UnsafeRawBufferPointer(input).loadUnaligned(
            fromByteOffset: source * width, as: Four.self)
        let before = UnsafeRawBufferPointer(sums).loadUnaligned(fromByteOffset: target * width, as: Four.self)
        let after = before + values
        guard all((after - after) .== 0) else { return false }
        // As ``MetricModel/KahanSum/add(_:)``.
        let isLarger = magnitude(before) .>= magnitude(values)
        let large = values.replacing(with: before, where: isLarger)
        let small = before.replacing(with: values, where: isLarger)
        let compensation = UnsafeRawBufferPointer(compensations)
            .loadUnaligned(fromByteOffset: target * width, as: Four.self)
        UnsafeMutableRawBufferPointer(sums).storeBytes(of: after, toByteOffset: target * width, as: Four.self)
        UnsafeMutableRawBufferPointer(compensations).storeBytes(
            of: compensation + ((large - after) + small), toByteOffset: target * width, as: Four.self)
        return true
    }

    @inline(__always)
    private static func magnitude(_ values: SIMD4<Double>) -> SIMD4<Double> {
        values.replacing(with: -values, where: values .< 0)
    }

    mutating func result(_ groups: Grouping, _ annotations: inout Annotations) -> Table {
        for index in sums.indices where !sums[index].isAbsent { sums[index] += compensations[index] }
        var table = groupTable(groups, sums, steps: steps)
        histograms.finish(&table, place: place, &annotations)
        return table
    }
}
