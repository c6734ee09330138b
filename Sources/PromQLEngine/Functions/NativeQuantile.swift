import MetricModel

/// Quantiles and fractions of native histograms.
enum NativeQuantile {
    static func value(
        _ quantile: Double, _ histogram: FloatHistogram, metric: String, place: Int, _ annotations: inout Annotations
    ) -> Double { .ordinaryNaN }

    static func fraction(
        _ lower: Double, _ upper: Double, _ histogram: FloatHistogram, metric: String, place: Int, _ annotations: inout Annotations
    ) -> Double { .ordinaryNaN }
}
