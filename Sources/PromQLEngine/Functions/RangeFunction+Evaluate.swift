extension RangeFunction {
    /// Evaluates all windows of one series of floats.
    func evaluate(_ floats: FloatWindows, _ parameters: [[Double]], _ scratch: inout [Double]) {
        switch self {
        case .rate: floats.extrapolatedChange(isCounter: true, isRate: true)
        case .increase: floats.extrapolatedChange(isCounter: true, isRate: false)
        case .delta: floats.extrapolatedChange(isCounter: false, isRate: false)
        case .irate: floats.lastChange(isCounter: true)
        case .idelta: floats.lastChange(isCounter: false)
        case .resets: floats.resetCount(&scratch)
        case .changes: floats.changeCount(&scratch)
        case .deriv: floats.slopes()
        case .predictLinear: floats.predictions(parameters[0])
        case .doubleExponentialSmoothing: floats.smoothed(parameters[0], trend: parameters[1])
        case .sum: floats.sums()
        case .average: floats.means()
        case .minimum: floats.extremes(isMaximum: false, givesTime: false)
        case .maximum: floats.extremes(isMaximum: true, givesTime: false)
        case .count: floats.counts()
        case .last: floats.lasts()
        case .first: floats.firsts()
        case .present, .absent: floats.ones()
        case .standardDeviation: floats.variances(isDeviation: true)
        case .variance: floats.variances(isDeviation: false)
        case .quantile: floats.quantiles(parameters[0], &scratch)
        case .medianDeviation: floats.medianDeviations(&scratch)
        case .timeOfFirst: floats.firstTimes()
        case .timeOfLast: floats.lastTimes()
        case .timeOfMinimum: floats.extremes(isMaximum: false, givesTime: true)
        case .timeOfMaximum: floats.extremes(isMaximum: true, givesTime: true)
        }
    }
}
