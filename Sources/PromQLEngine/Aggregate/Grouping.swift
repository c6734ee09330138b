import MetricModel

/// Numbers the groups of an aggregation in order of appearance.
struct Grouping {
    private let names: LabelNames
    private let isWithout: Bool
    private let isOneGroup: Bool
    private var index = LabelIndex(capacity: 16)
    private var key: [UInt8] = []
    /// The rows of a group had names that are to be dropped.
    private(set) var dropsName: [Bool] = []

    init(_ aggregate: AggregatePlan) {
        isWithout = aggregate.isWithout
        isOneGroup = !aggregate.isWithout && aggregate.grouping.isEmpty
        names = LabelNames(
            aggregate.isWithout ? aggregate.grouping + [Labels.metricNameLabel] : aggregate.grouping)
    }

    var count: Int { dropsName.count }

    mutating func group(of labels: Labels, dropsName drops: Bool) -> Int {
        if isOneGroup {
            if dropsName.isEmpty { dropsName.append(drops) } else if drops { dropsName[0] = true }
            return 0
        }
        key.removeAll(keepingCapacity: true)
        if isWithout {
            labels.appendPacked(dropping: names, to: &key)
        } else {
            labels.appendPacked(keeping: names, to: &key)
        }
        let (group, isNew) = index.insert(key)
        if isNew { dropsName.append(drops) } else if drops { dropsName[group] = true }
        return group
    }

    func labels(_ group: Int) -> Labels {
        isOneGroup ? .empty : Labels(packedBytes: index.key(group))
    }
}

/// Takes in rows and gives one row for each group (or chooses among the rows).
protocol Aggregator {
    mutating func add(_ rows: borrowing Table, _ row: Int, group: Int, _ annotations: inout Annotations)
    /// Values held, in floats.
    var heldCount: Int { get }
    mutating func result(_ groups: Grouping, _ annotations: inout Annotations) -> Table
}

extension Aggregator {
    /// A table with one row for each group.
    func groupTable(_ groups: Grouping, _ values: [Double], steps: Int) -> Table {
        var table = Table(stepCount: steps)
        for group in 0..<groups.count {
            table.appendRow(groups.labels(group), dropsName: groups.dropsName[group])
        }
        table.values = values
        return table
    }
}
