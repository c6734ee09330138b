import MetricModel

extension Double {
    /// Stands for "no value at this step": the bits of a staleness marker, a signalling NaN that no
    /// arithmetic gives.
    static let absent = Double.staleMarker

    var isAbsent: Bool { bitPattern == Double.staleMarkerBits }
}

/// Rows of an instant vector over all steps: labels, and one value for each step.
struct Table: Sendable {
    let stepCount: Int
    private(set) var labels: [Labels] = []
    /// The name is to be dropped at the end of the query (delayed name removal).
    var dropsName: [Bool] = []
    /// Row by row, `stepCount` each; absent where there is no float.
    var values: [Double] = []
    /// Empty when no row has native histograms, else one element for each row: nil, or a histogram or
    /// nil for each step.
    private(set) var histograms: [[FloatHistogram?]?] = []

    init(stepCount: Int) {
        self.stepCount = stepCount
    }

    /// Makes room, so that the values need not be copied while rows are added: for that moment they would take twice and
    /// more of their memory. What is not used of it is not resident.
    mutating func reserve(rows: Int, bytesMax: Int) {
        let (count, isTooMuch) = rows.multipliedReportingOverflow(by: stepCount)
        let most = bytesMax / MemoryLayout<Double>.stride
        values.reserveCapacity(isTooMuch ? most : min(count, most))
    }

    var rowCount: Int { labels.count }

    var hasHistograms: Bool { !histograms.isEmpty }

    /// Adds a row without values and returns its index.
    @discardableResult
    mutating func appendRow(_ rowLabels: Labels, dropsName drops: Bool = false) -> Int {
        labels.append(rowLabels)
        dropsName.append(drops)
        values.append(contentsOf: repeatElement(.absent, count: stepCount))
        if !histograms.isEmpty { histograms.append(nil) }
        return labels.count - 1
    }

    /// Adds a row with its floats.
    mutating func appendRow(_ rowLabels: Labels, dropsName drops: Bool, values rowValues: [Double]) {
        labels.append(rowLabels)
        dropsName.append(drops)
        values.append(contentsOf: rowValues)
        if !histograms.isEmpty { histograms.append(nil) }
    }

    /// Takes back the row added last.
    mutating func removeLastRow() {
        labels.removeLast()
        dropsName.removeLast()
        values.removeLast(stepCount)
        if !histograms.isEmpty { histograms.removeLast() }
    }

    mutating func removeAll() {
        labels.removeAll(keepingCapacity: true)
        dropsName.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        histograms.removeAll(keepingCapacity: true)
    }

    mutating func setLabels(_ newLabels: Labels, at row: Int) {
        labels[row] = newLabels
    }

    mutating func setHistogram(_ histogram: FloatHistogram?, row: Int, step: Int) {
        if histograms.isEmpty {
            guard histogram != nil else { return }
            histograms = Array(repeating: nil, count: rowCount)
        }
        if histograms[row] == nil {
            guard histogram != nil else { return }
            histograms[row] = Array(repeating: nil, count: stepCount)
        }
        histograms[row]?[step] = histogram
    }

    mutating func setHistograms(_ column: [FloatHistogram?]?, row: Int) {
        if histograms.isEmpty {
            guard column != nil else { return }
            histograms = Array(repeating: nil, count: rowCount)
        }
        histograms[row] = column
    }

    /// The native histograms of a row, or nil when it has none.
    func histogramColumn(_ row: Int) -> [FloatHistogram?]? {
        histograms.isEmpty ? nil : histograms[row]
    }

    func histogram(_ row: Int, _ step: Int) -> FloatHistogram? {
        histograms.isEmpty ? nil : histograms[row]?[step]
    }

    func value(_ row: Int, _ step: Int) -> Double { values[row * stepCount + step] }

    func isPresent(_ row: Int, _ step: Int) -> Bool {
        !value(row, step).isAbsent || histogram(row, step) != nil
    }

    func hasFloats(_ row: Int) -> Bool {
        for step in 0..<stepCount where !values[row * stepCount + step].isAbsent { return true }
        return false
    }

    /// Whether the row has a value at any step.
    func hasValues(_ row: Int) -> Bool {
        if hasFloats(row) { return true }
        return histogramColumn(row)?.contains { $0 != nil } ?? false
    }

    /// Appends a row of another table with the same steps.
    mutating func appendRow(of other: borrowing Table, _ row: Int) {
        let index = appendRow(other.labels[row], dropsName: other.dropsName[row])
        let from = row * stepCount
        let to = index * stepCount
        for step in 0..<stepCount { values[to + step] = other.values[from + step] }
        if let column = other.histogramColumn(row) { setHistograms(column, row: index) }
    }

    /// Appends all rows of another table with the same steps.
    mutating func append(_ other: Table) {
        // Room that was made for more than these is kept.
        if rowCount == 0, values.capacity < 2 * other.values.count {
            self = other
            return
        }
        if other.hasHistograms || hasHistograms {
            if histograms.isEmpty { histograms = Array(repeating: nil, count: rowCount) }
            histograms.append(
                contentsOf: other.hasHistograms
                    ? other.histograms : Array(repeating: nil, count: other.rowCount))
        }
        labels.append(contentsOf: other.labels)
        dropsName.append(contentsOf: other.dropsName)
        values.append(contentsOf: other.values)
    }

    /// Keeps only the rows that pass, in their order.
    func filtered(_ isKept: (Int) -> Bool) -> Table {
        var result = Table(stepCount: stepCount)
        for row in 0..<rowCount where isKept(row) { result.appendRow(of: self, row) }
        return result
    }

    /// Takes back what histograms say of resets before them: a subquery may have left out or repeated the
    /// samples that this is about.
    mutating func forgetResetHints() {
        for row in histograms.indices {
            guard var column = histograms[row] else { continue }
            for step in column.indices {
                if let hint = column[step]?.counterResetHint, hint == .reset || hint == .notReset {
                    column[step]?.counterResetHint = .unknown
                }
            }
            histograms[row] = column
        }
    }

    /// How many values are there: floats count 1, histograms what they weigh.
    var sampleCount: Int {
        var count = 0
        for value in values where !value.isAbsent { count += 1 }
        for case let column? in histograms {
            for case let histogram? in column { count += histogram.sampleWeight }
        }
        return count
    }

    /// About how much memory the table takes.
    var byteCount: Int {
        var bytes = values.count * 8
        for row in labels { bytes += row.packed.count + 48 }
        for case let column? in histograms {
            for case let histogram? in column { bytes += histogram.byteCount }
        }
        return bytes
    }
}
