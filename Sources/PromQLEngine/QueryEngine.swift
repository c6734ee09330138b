public import Platform
public import StorageAPI

/// Evaluates PromQL over any storage.
///
/// Stateless beside its options, so that threads may share it. `evaluate` blocks its thread for as
/// long as the query takes: call it on worker threads.
public struct QueryEngine: Sendable {
    public struct Options: Sendable {
        /// The most samples that a query may hold in memory at once.
        public var samplesMax = 50_000_000
        /// The step of subqueries that name none: the global evaluation interval, milliseconds.
        public var subqueryStep: Int64 = 60_000

        public init() {}
    }

    public let options: Options

    public init(options: Options = .init()) {
        self.options = options
    }

    /// - Parameter cancellation: looked at between series and steps.
    /// - Throws: see ``QueryError/Kind``.
    public func evaluate(
        _ query: Query, over storage: any Queryable, cancellation: Cancellation = .init()
    ) throws(QueryError) -> QueryAnswer {
        throw QueryError(.execution, "cannot evaluate: the engine is not built yet")
    }
}
