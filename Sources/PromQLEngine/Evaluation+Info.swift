import MetricModel
import PromQLSyntax
import StorageAPI

/// `info()`: adds labels of info metrics (`target_info` by default) with the same `instance` and `job`.
extension Evaluation {
    func info(_ call: CallPlan, _ steps: Steps) throws(QueryError) -> any RowSource {
        let (at, offset) = call.arguments[0].firstSelectorTime
        let base = try collect(try rows(call.arguments[0], steps))
        var given: [LabelMatcher] = []
        if call.arguments.count > 1, case .selector(let selector) = call.arguments[1].evaluated {
            given = selector.matchers
        }
        let names = InfoJoin.nameMatchers(given.filter { $0.name == Labels.metricNameLabel })
        let data = given.filter { $0.name != Labels.metricNameLabel }
        let join = InfoJoin(base, names: names, data: data)
        let infos = try infoSeries(join, names + data, steps, at: at, offset: offset)
        return TableSource(table: try join.result(infos))
    }

    /// The times of the samples of all info series that could match, in milliseconds.
    private func infoSeries(
        _ join: InfoJoin, _ matchers: [LabelMatcher], _ steps: Steps, at: Timestamp?, offset: Int64
    ) throws(QueryError) -> Table {
        guard let identity = try join.identityMatchers() else { return Table(stepCount: steps.count) }
        let selector = SelectorPlan(
            matchers: identity + matchers, offset: offset, at: at, extended: nil, place: 0)
        return try collect(try select(selector, steps, .timestampsOfFloats))
    }
}

extension Plan {
    /// The moment of `@` and the offset that the first selector is evaluated with.
    fileprivate var firstSelectorTime: (at: Timestamp?, offset: Int64) {
        firstSelector(at: nil, offset: 0) ?? (nil, 0)
    }

    private func firstSelector(at: Timestamp?, offset: Int64) -> (at: Timestamp?, offset: Int64)? {
        switch self {
        case .number, .string: return nil
        case .selector(let selector):
            return selector.at.map { ($0, selector.offset) } ?? (at, offset + selector.offset)
        case .window(let window):
            return window.selector.at.map { ($0, window.selector.offset) } ?? (
                at, offset + window.selector.offset
            )
        case .subquery(let subquery):
            // The innermost @ counts, with the offsets up to it.
            return subquery.inner.firstSelector(
                at: subquery.at ?? at, offset: subquery.at == nil ? offset + subquery.offset : subquery.offset
            )
        case .call(let call):
            for argument in call.arguments {
                if let found = argument.firstSelector(at: at, offset: offset) { return found }
            }
            return nil
        case .aggregate(let aggregate):
            return aggregate.operand.firstSelector(at: at, offset: offset)
                ?? aggregate.parameter?.firstSelector(at: at, offset: offset)
        case .binary(let binary):
            return binary.left.firstSelector(at: at, offset: offset)
                ?? binary.right.firstSelector(at: at, offset: offset)
        case .negation(let inner), .invariant(let inner): return inner.firstSelector(at: at, offset: offset)
        case .shared(let shared): return shared.inner.firstSelector(at: at, offset: offset)
        }
    }
}
