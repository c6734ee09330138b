import MetricModel
import Platform
import PromQLSyntax
import Synchronization

/// Collects what happens while a query is evaluated.
///
/// Used by the evaluating thread only, but for the nodes, which row sources add to from any thread.
final class PlanTrace {
    /// A node that is still growing.
    final class Node: Sendable {
        struct State {
            var seconds = 0.0
            var rowCount = 0
            var samplesRead = 0
            var seriesCount: Int?
        }

        let title: String
        let stepCount: Int
        private let state = Mutex(State())

        init(title: String, stepCount: Int) {
            self.title = title
            self.stepCount = stepCount
        }

        var current: State { state.withLock { $0 } }

        func add(seconds: Double = 0, rows: Int = 0, samplesRead: Int = 0) {
            state.withLock { state in
                state.seconds += seconds
                state.rowCount += rows
                state.samplesRead += samplesRead
            }
        }

        func set(seriesCount: Int) {
            state.withLock { $0.seriesCount = seriesCount }
        }
    }

    private final class Branch {
        let node: Node
        var children: [Branch] = []

        init(_ node: Node) {
            self.node = node
        }

        var result: PlanNode {
            let state = node.current
            let children = children.map(\.result)
            return PlanNode(
                title: node.title, stepCount: node.stepCount, seriesCount: state.seriesCount,
                rowCount: state.rowCount,
                samplesRead: children.reduce(state.samplesRead) { $0 + $1.samplesRead },
                seconds: state.seconds, children: children)
        }
    }

    private let root = Branch(Node(title: "query", stepCount: 0))
    private var path: [Branch] = []

    func enter(_ title: String, steps: Int) -> Node {
        let branch = Branch(Node(title: title, stepCount: steps))
        (path.last ?? root).children.append(branch)
        path.append(branch)
        return branch.node
    }

    func leave() {
        path.removeLast()
    }

    /// The innermost node that is being evaluated.
    var current: Node? { path.last?.node }

    var result: PlanNode {
        let all = root.result
        return all.children.count == 1 ? all.children[0] : all
    }
}

/// A row source that tells a node what it makes.
struct TracedSource: RowSource {
    let base: any RowSource
    let node: PlanTrace.Node

    var stepCount: Int { base.stepCount }
    var inputCount: Int { base.inputCount }
    var readsStorage: Bool { base.readsStorage }
    var isOfOneMetric: Bool { base.isOfOneMetric }

    func produce(_ inputs: Range<Int>, into batch: inout RowBatch) throws(QueryError) {
        let began = MonotonicTime.nanoseconds()
        let rows = batch.rows.rowCount
        let read = batch.counts.read
        try base.produce(inputs, into: &batch)
        let isReader = base is SelectorSource || base is RangeFunctionSource || base is SmoothedSource
        node.add(
            seconds: Double(MonotonicTime.nanoseconds() - began) / 1e9, rows: batch.rows.rowCount - rows,
            samplesRead: isReader ? batch.counts.read - read : 0)
    }
}

extension Plan {
    /// What the node does, in a few words.
    var title: String {
        switch self {
        case .number(let value): return FloatText.plain(value)
        case .string(let text, _): return LabelText.quoted(text)
        case .selector(let selector): return selector.title
        case .window(let window):
            return "\(window.selector.title)[\(DurationText.format(milliseconds: window.range))]"
        case .subquery(let subquery):
            return
                "subquery [\(DurationText.format(milliseconds: subquery.range)):\(DurationText.format(milliseconds: subquery.step))]"
        case .call(let call):
            let ranges = call.arguments.filter { $0.type == .matrix }.map { $0.evaluated.title }
            return ([call.name] + ranges).joined(separator: " ")
        case .aggregate(let aggregate):
            if aggregate.isWithout {
                return
                    "\(aggregate.operation.rawValue) without (\(aggregate.grouping.joined(separator: ", ")))"
            }
            return aggregate.grouping.isEmpty
                ? aggregate.operation.rawValue
                : "\(aggregate.operation.rawValue) by (\(aggregate.grouping.joined(separator: ", ")))"
        case .binary(let binary):
            guard let matching = binary.matching, matching.isOn || !matching.labels.isEmpty else {
                return binary.operation.rawValue
            }
            return
                "\(binary.operation.rawValue) \(matching.isOn ? "on" : "ignoring") (\(matching.labels.joined(separator: ", ")))"
        case .negation: return "negate"
        case .invariant(let inner): return "once: \(inner.title)"
        case .shared(let shared): return shared.inner.title
        }
    }
}

extension SelectorPlan {
    fileprivate var title: String {
        VectorSelector(name: nil, matchers: matchers, source: 0..<0).description
    }
}

extension VectorSelector {
    fileprivate var description: String { Expression.selector(self).description }
}
