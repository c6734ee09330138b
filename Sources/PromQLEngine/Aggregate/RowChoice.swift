import MetricModel
import PromQLSyntax

/// `topk`, `bottomk`, `limitk` and `limit_ratio`: choose among the rows of each group at each step.
struct RowChoice: Aggregator {
    private struct Entry {
        var value: Double
        var row: Int
    }

    let operation: AggregateOperator
    let steps: Int
    let place: Int
    /// k of each step.
    private let limits: [Int]
    /// r of each step, for `limit_ratio`.
    private let ratios: [Double]
    private var heaps: [[Entry]] = []
    private var labels: [Labels] = []
    private var dropsName: [Bool] = []
    private var histograms: [Int: [FloatHistogram?]] = [:]
    private var entryCount = 0

    init(_ operation: AggregateOperator, limits: [Int], steps: Int, place: Int) {
        self.operation = operation
        self.limits = limits
        self.steps = steps
        self.place = place
        ratios = []
    }

    init(ratios: [Double], steps: Int, place: Int) {
        operation = .limitRatio
        limits = []
        self.ratios = ratios
        self.steps = steps
        self.place = place
    }

    var heldCount: Int { entryCount * 2 + labels.count * 8 }

    mutating func add(_ rows: borrowing Table, _ row: Int, group: Int, _ annotations: inout Annotations) {
        while heaps.count < (group + 1) * steps { heaps.append(contentsOf: repeatElement([], count: steps)) }
        let number = labels.count
        labels.append(rows.labels[row])
        dropsName.append(rows.dropsName[row])
        let isLimit = operation == .limitk || operation == .limitRatio
        let column = rows.histogramColumn(row)
        if let column {
            if isLimit {
                histograms[number] = column
            } else if column.contains(where: { $0 != nil }) {
                annotations.histogramIgnored(inAggregation: operation.rawValue, at: place)
            }
        }
        let share =
            operation == .limitRatio ? Double(rows.labels[row].stableHash) / 18_446_744_073_709_551_615.0 : 0
        for step in 0..<steps {
            let value = rows.values[row * steps + step]
            let isHistogram = isLimit && column?[step] != nil
            if value.isAbsent, !isHistogram { continue }
            let entry = Entry(value: isHistogram ? 0 : value, row: number)
            let heap = group * steps + step
            if operation == .limitRatio {
                let ratio = min(max(ratios[step], -1), 1)
                if ratio == 0 || !(ratio > 0 ? share < ratio : share >= 1 + ratio) { continue }
                push(entry, heap)
                continue
            }
            let limit = limits[step]
            if limit < 1 { continue }
            if heaps[heap].count < limit {
                push(entry, heap)
            } else if operation != .limitk {
                let worst = heaps[heap][0].value
                let isBetter = operation == .topk ? worst < value : worst > value
                if isBetter || (worst.isNaN && !value.isNaN) {
                    heaps[heap][0] = entry
                    sink(heap)
                }
            }
        }
    }

    mutating func result(_ groups: Grouping, _ annotations: inout Annotations) -> Table {
        var table = Table(stepCount: steps)
        var rowOfInput: [Int: Int] = [:]
        for heap in heaps.indices {
            let step = heap % steps
            var entries = heaps[heap]
            if operation == .topk || operation == .bottomk {
                // Best first; NaN last.
                entries.sort { precedes($1, $0) && !precedes($0, $1) }
            }
            for entry in entries {
                let row =
                    rowOfInput[entry.row]
                    ?? table.appendRow(labels[entry.row], dropsName: dropsName[entry.row])
                rowOfInput[entry.row] = row
                if let histogram = histograms[entry.row]?[step] {
                    table.setHistogram(histogram, row: row, step: step)
                } else {
                    table.values[row * steps + step] = entry.value
                }
            }
        }
        return table
    }

    // MARK: - Heap, the worst on top

    private func precedes(_ a: Entry, _ b: Entry) -> Bool {
        if a.value.isNaN { return true }
        return operation == .bottomk ? a.value > b.value : a.value < b.value
    }

    private mutating func push(_ entry: Entry, _ heap: Int) {
        entryCount += 1
        heaps[heap].append(entry)
        var child = heaps[heap].count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard precedes(heaps[heap][child], heaps[heap][parent]) else { return }
            heaps[heap].swapAt(child, parent)
            child = parent
        }
    }

    private mutating func sink(_ heap: Int) {
        var parent = 0
        let count = heaps[heap].count
        while true {
            var child = 2 * parent + 1
            guard child < count else { return }
            if child + 1 < count, precedes(heaps[heap][child + 1], heaps[heap][child]) { child += 1 }
            guard precedes(heaps[heap][child], heaps[heap][parent]) else { return }
            heaps[heap].swapAt(child, parent)
            parent = child
        }
    }
}
