/// What the engine did for one part of a query.
public struct PlanNode: Sendable {
    /// For instance `sum by (job)`, `rate up{job="a"}[5m]`, `/ on (instance)`.
    public var title: String
    /// The steps that it was evaluated at.
    public var stepCount: Int
    /// Series that the storage selected for it; nil when it reads none itself.
    public var seriesCount: Int?
    /// Rows that it gave.
    public var rowCount: Int
    /// Samples read from the storage, by it and what is below it.
    public var samplesRead: Int
    /// Processor time of all threads, what is below it included.
    public var seconds: Double
    public var children: [PlanNode]

    public init(
        title: String, stepCount: Int, seriesCount: Int? = nil, rowCount: Int, samplesRead: Int,
        seconds: Double,
        children: [PlanNode] = []
    ) {
        self.title = title
        self.stepCount = stepCount
        self.seriesCount = seriesCount
        self.rowCount = rowCount
        self.samplesRead = samplesRead
        self.seconds = seconds
        self.children = children
    }
}
