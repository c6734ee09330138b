import Exposition
import Instruments
import Prediction

/// What a model tells about its work: the `ml_*` families, all labelled with model and version.
struct ModelInstruments: Sendable {
    /// What became of a request to predict; a closed set.
    enum Outcome: String, CaseIterable {
        case ok
        case invalidInput = "invalid_input"
        case modelError = "model_error"
        case timeout
        case rejected
    }

    /// A prediction takes about a microsecond; the usual buckets, from 5 ms, would show nothing.
    private static let phaseBuckets = [
        1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 1e-1, 1,
    ]
    /// Tenths, and finer where confident models live.
    private static let shareBuckets = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1]

    private let outcomes: [Outcome: Counter]
    private let decode: Histogram
    private let predict: Histogram
    private let encode: Histogram
    /// By class index; empty for a regression.
    private let classes: [Counter]
    /// The probability of the last class, of a model with two.
    private let score: Histogram?
    private let confidence: Histogram?
    /// By feature index.
    private let missing: [Counter]

    init(_ served: ServedModel, registry: Registry) throws(InstrumentError) {
        let model = served.model
        let names = ["model", "version"]
        let values = [model.name, model.version]

        let outcomes = try registry.counters(
            "ml_predictions", help: "Requests to predict, by what became of them.",
            labels: names + ["outcome"])
        var byOutcome: [Outcome: Counter] = [:]
        for outcome in Outcome.allCases {
            byOutcome[outcome] = try outcomes.labels(values + [outcome.rawValue])
        }
        self.outcomes = byOutcome

        let durations = try registry.histograms(
            "ml_prediction_duration_seconds", help: "Seconds that one prediction took, by phase.",
            labels: names + ["phase"], buckets: Self.phaseBuckets)
        decode = try durations.labels(values + ["decode"])
        predict = try durations.labels(values + ["predict"])
        encode = try durations.labels(values + ["encode"])

        if model.classNames.isEmpty {
            classes = []
            confidence = nil
        } else {
            let predicted = try registry.counters(
                "ml_predicted_class", help: "Predictions by the class with the highest probability.",
                labels: names + ["class"], limit: max(model.classNames.count, Registry.labelSetLimit))
            var counters: [Counter] = []
            for name in model.classNames { counters.append(try predicted.labels(values + [name])) }
            classes = counters
            confidence = try registry.histograms(
                "ml_prediction_confidence", help: "The highest of the class probabilities.", labels: names,
                buckets: Self.shareBuckets
            ).labels(values)
        }
        score =
            model.classNames.count == 2
            ? try registry.histograms(
                "ml_prediction_score", help: "The probability of the last class.", labels: names,
                buckets: Self.shareBuckets
            ).labels(values) : nil

        let missing = try registry.counters(
            "ml_feature_missing", help: "Values that a request did not know (null).",
            labels: names + ["feature"],
            limit: max(model.featureNames.count, Registry.labelSetLimit))
        var counters: [Counter] = []
        for name in model.featureNames { counters.append(try missing.labels(values + [name])) }
        self.missing = counters

        try registry.gauges(
            "ml_model_info", help: "The model that is served.",
            labels: names + ["objective", "format", "sha256"]
        ).labels(values + [model.objective.rawValue, "xgboost-json", served.digest]).set(1)
        let facts: [(String, String, Double)] = [
            ("ml_model_features", "Columns of a row.", Double(model.featureNames.count)),
            ("ml_model_trees", "Trees of the model.", Double(model.treeCount)),
            ("ml_model_load_seconds", "Seconds that reading the model took.", served.loadSeconds),
            (
                "ml_model_loaded_timestamp_seconds", "When the model was read, seconds since 1970.",
                served.loadedAt
            ),
            ("ml_model_ready", "1 when the model answers.", 1),
        ]
        for (name, help, value) in facts {
            try registry.gauges(name, help: help, labels: names).labels(values).set(value)
        }
    }

    func count(_ outcome: Outcome) {
        outcomes[outcome]?.increment()
    }

    /// Counts a prediction that was answered. Durations in nanoseconds.
    func record(_ row: FeatureRow, _ output: [Float], decode: UInt64, predict: UInt64, encode: UInt64) {
        count(.ok)
        self.decode.observe(Double(decode) / 1e9)
        self.predict.observe(Double(predict) / 1e9)
        self.encode.observe(Double(encode) / 1e9)
        if let best = output.indices.max(by: { output[$0] < output[$1] }), classes.indices.contains(best) {
            classes[best].increment()
            confidence?.observe(Double(output[best]))
        }
        if let score, let last = output.last { score.observe(Double(last)) }
        for (index, value) in row.values.enumerated() where value.isNaN { missing[index].increment() }
    }
}
