import MetricModel

/// The native histograms of `sum` and `avg`.
struct HistogramGroups {
    let isMean: Bool
    var heldCount: Int { 0 }

    init(isMean: Bool) {
        self.isMean = isMean
    }

    mutating func add(_ rows: borrowing Table, _ row: Int, group: Int, place: Int, _ annotations: inout Annotations) {}

    mutating func finish(_ table: inout Table, place: Int, _ annotations: inout Annotations) {}
}
