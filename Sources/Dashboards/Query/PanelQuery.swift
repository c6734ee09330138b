public import JSON

/// One target of a panel as the browser sends it.
public struct PanelQuery: Sendable, Equatable {
    /// How the answer is arranged.
    public enum Format: String, Sendable {
        case timeSeries = "time_series"
        case table
        case heatmap
    }

    public var refID: String
    public var expression: String
    public var legend: String
    public var format: Format
    public var isInstant: Bool
    public var isRange: Bool
    /// "Min step", possibly with a leading `>` or a variable of the step.
    public var interval: String
    /// The panel's interval that the browser worked out, milliseconds.
    public var intervalMs: Int64
    public var intervalFactor: Int
    /// Points wanted; the documented default is 100.
    public var maxDataPoints: Int64
    /// Milliseconds added to UTC before steps are aligned.
    public var utcOffset: Int64
    /// nil for the default one.
    public var dataSource: DataSourceReference?
    public var isHidden: Bool

    /// Milliseconds since 1970 that times are clamped to: ± 100,000 years.
    static let timeMax: Int64 = 3_155_695_200_000_000

    public init(refID: String, expression: String) {
        self.refID = refID
        self.expression = expression
        legend = ""
        format = .timeSeries
        (isInstant, isRange) = (false, true)
        (interval, intervalMs, intervalFactor, maxDataPoints, utcOffset) = ("", 1000, 1, 100, 0)
        isHidden = false
    }

    /// - Throws: `invalidInput` when it is no object.
    public init(_ value: JSONValue) throws(DashboardsError) {
        guard case .object(let query) = value else {
            throw DashboardsError(.invalidInput, "bad request data: a query must be an object")
        }
        self.init(refID: query.text("refId") ?? "A", expression: query.text("expr") ?? "")
        legend = query.text("legendFormat") ?? ""
        format = query.text("format").flatMap(Format.init(rawValue:)) ?? .timeSeries
        isInstant = query.flag("instant") ?? false
        isRange = query.flag("range") ?? false
        switch query.text("queryType") {
        case "instant" where !isRange: isInstant = true
        case "both": (isInstant, isRange) = (true, true)
        default: break
        }
        if !isInstant { isRange = true }
        interval = query.text("interval") ?? ""
        intervalMs = Self.clamped(query.real("intervalMs"), 1000)
        intervalFactor = Int(Self.clamped(query.real("intervalFactor"), 1))
        maxDataPoints = Self.clamped(query.real("maxDataPoints"), 100)
        let offset = min(max(query.real("utcOffsetSec") ?? 0, -86_400), 86_400)
        utcOffset = Int64(offset) * 1000
        dataSource = DataSourceReference(query["datasource"]) ?? DataSourceReference.legacy(query)
        isHidden = query.flag("hide") ?? false
    }

    private static func clamped(_ value: Double?, _ fallback: Int64) -> Int64 {
        guard let value, value.isFinite else { return fallback }
        return Int64(min(max(value, 0), 1e12))
    }
}
