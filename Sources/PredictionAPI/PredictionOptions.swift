/// How the prediction API behaves.
public struct PredictionOptions: Sendable {
    /// The value of the label `app_name`.
    public var appName = "webapp"
    /// How many powers `GET /cpu` computes: 0^0, 1^1, … The original's number is 10,000.
    public var cpuPowers = 10_000
    /// How many string keys `GET /memory` holds at once. The original's number is 10 million, which
    /// take about 0.7 GB for a second or two.
    public var memoryKeys = 10_000_000
    /// The largest body of a request, bytes; a larger one is answered with 413.
    public var bodyBytesMax = 1 << 20

    public init() {}
}
