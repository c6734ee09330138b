import MetricModel
import Platform
import PromQLEngine
import PromQLSyntax
import StorageAPI

/// What an evaluation needs from outside.
struct RuleContext: Sendable {
    let storage: any Queryable
    let store: any SampleStore
    let engine: QueryEngine
    let options: RuleOptions
    let cancellation: Cancellation
    /// File and group, for the query log.
    let origin: QueryOrigin

    /// The elements of an instant vector; a scalar is one without labels.
    ///
    /// - Throws: `query`.
    func vector(_ expression: Expression, at time: Timestamp, text: String) throws(RulesError)
        -> [InstantSeries]
    {
        let query = Query(expression, at: .instant(time), lookback: options.lookback, text: text)
        do {
            switch try engine.evaluate(query, over: storage, cancellation: cancellation, origin: origin).value
            {
            case .vector(let series): return series
            case .scalar(let sample): return [InstantSeries(labels: .empty, sample: sample)]
            case .string, .matrix:
                throw RulesError(.query, "the expression gives neither a vector nor a scalar")
            }
        } catch let error as RulesError {
            throw error
        } catch {
            throw RulesError(.query, "\(error)")
        }
    }
}
