import JSON

/// Brings a series to points at equal distances.
struct AlertResampling: Sendable {
    enum Upsampler: String, Sendable {
        case pad, backfilling, fillna
    }

    /// Milliseconds.
    let window: Int64
    let downsampler: AlertReducer
    let upsampler: Upsampler

    private static let pointsMax: Int64 = 11_000

    init(_ members: StrictMembers) throws(DashboardsError) {
        window = try members.duration("window") ?? 0
        guard window > 0 else { throw members.failure("window", "want a duration such as 1m") }
        let name = try members.need("downsampler")
        guard let kind = AlertReducer.Kind(name), [.mean, .min, .max, .sum, .last].contains(kind) else {
            throw members.failure("downsampler", "\"\(name)\" is not known")
        }
        downsampler = AlertReducer(kind: kind)
        let fill = try members.need("upsampler")
        guard let upsampler = Upsampler(rawValue: fill) else {
            throw members.failure("upsampler", "\"\(fill)\" is not known")
        }
        self.upsampler = upsampler
    }

    func resample(
        _ item: ExpressionValue.Item, _ range: ClosedRange<Int64>
    ) throws(DashboardsError) -> ExpressionValue.Item {
        guard case .series(let points) = item.kind else {
            throw DashboardsError(.invalidInput, "resample wants series, got a number")
        }
        guard (range.upperBound - range.lowerBound) / window <= AlertResampling.pointsMax else {
            throw DashboardsError(
                .invalidInput, "resample would make more than \(AlertResampling.pointsMax) points")
        }
        var result: [ExpressionValue.Point] = []
        var position = 0
        var last: Double?
        var time = range.lowerBound
        while time <= range.upperBound {
            let start = position
            while position < points.count, points[position].time <= time { position += 1 }
            let value: Double?
            if position > start {
                let part = ExpressionValue.Item(.series(Array(points[start..<position])))
                value = downsampler.reduce(part).number
                last = points[position - 1].value
            } else {
                value =
                    switch upsampler {
                    case .pad: last
                    case .backfilling: position < points.count ? points[position].value : nil
                    case .fillna: nil
                    }
            }
            result.append(.init(time: time, value: value))
            time += window
        }
        return .init(labels: item.labels, .series(result))
    }
}
