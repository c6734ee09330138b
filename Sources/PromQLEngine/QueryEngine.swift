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
        /// The most memory that the values and labels of one query may take, in bytes.
        public var bytesMax = 256 << 20
        /// Memory that the queries of all engines with these options share; nil bounds each query alone.
        public var budget: MemoryBudget?
        /// The longest value that `label_replace` and `label_join` may make, in bytes.
        public var labelBytesMax = 1 << 20
        /// The most threads that work on one query: the caller's and helpers that all queries share. Answers
        /// do not depend on it.
        public var threadsMax = QueryEngine.coreCount
        /// The step of subqueries that name none: the global evaluation interval, milliseconds.
        public var subqueryStep: Int64 = 60_000
        /// Whether the statistics tell the samples of each step: the feature `promql-per-step-stats`.
        public var countsSamplesPerStep = false
        /// The feature `promql-delayed-name-removal`.
        public var delaysNameRemoval = false
        /// The feature `type-and-unit-labels`.
        public var usesTypeLabels = false
        /// The feature `use-start-timestamps`.
        public var usesStartTimestamps = false

        public init() {}

        var rules: EvaluationRules {
            EvaluationRules(
                delaysNameRemoval: delaysNameRemoval, usesTypeLabels: usesTypeLabels,
                usesStartTimestamps: usesStartTimestamps)
        }
    }

    /// The cores of the machine.
    public static let coreCount = max(1, ParallelDrain.coreCount)

    public let options: Options
    /// Where queries are written down; nil for nowhere.
    public let journal: QueryJournal?

    public init(options: Options = .init(), journal: QueryJournal? = nil) {
        self.options = options
        self.journal = journal
    }

    /// - Parameters:
    ///   - cancellation: looked at between series and steps.
    ///   - origin: who asks, for the query log.
    ///   - queueSeconds: how long the query waited for its thread, for the query log.
    ///   - ticket: the place in a queue; nil for a query that computes at once, however large.
    /// - Throws: see ``QueryError/Kind``.
    public func evaluate(
        _ query: Query, over storage: any Queryable, cancellation: Cancellation = .init(),
        origin: QueryOrigin = .unknown,
        queueSeconds: Double = 0, ticket: QueryTicket? = nil
    ) throws(QueryError) -> QueryAnswer {
        guard let journal else {
            let run = QueryRun(query, options, storage, cancellation, ticket: ticket)
            return try run.answer()
        }
        return try journal.record(query, origin, queueSeconds: queueSeconds) { () throws(QueryError) in
            let run = QueryRun(query, options, storage, cancellation, ticket: ticket)
            return try run.answer()
        }
    }

    /// Evaluates a query that is known beforehand to take a fraction of a millisecond and to read nothing but memory, so
    /// that it may run where nothing may wait. It does not stand in the file of active queries.
    ///
    /// - Returns: nil for any other query, and while there is a query log.
    /// - Throws: see ``QueryError/Kind``.
    public func evaluateSmall(_ query: Query, over storage: any Queryable) throws(QueryError) -> QueryAnswer?
    {
        guard SmallQuery.mayBe(query.text), journal?.isLogging != true else { return nil }
        // What it takes is little; waiting for others to give back what they hold is out of the question.
        var options = options
        options.budget = nil
        return try QueryRun(query, options, storage, Cancellation()).smallAnswer()
    }

    /// Evaluates the query and tells what was done for each part of it, and how long it took.
    ///
    /// - Throws: see ``QueryError/Kind``.
    public func explain(
        _ query: Query, over storage: any Queryable, cancellation: Cancellation = .init(),
        ticket: QueryTicket? = nil
    ) throws(QueryError) -> (answer: QueryAnswer, plan: PlanNode) {
        let trace = PlanTrace()
        let run = QueryRun(query, options, storage, cancellation, ticket: ticket, trace: trace)
        let answer = try run.answer()
        return (answer, trace.result)
    }
}
