public import JSON

/// The values of one request in the order that the model wants them.
public struct FeatureRow: Sendable, Equatable {
    /// One value per feature; NaN is a missing one.
    public let values: [Float]

    /// Reads a row from a request: an object from feature names to numbers, or an array of numbers in
    /// the order of the model's features; bare or as the member `features`. `null` is a missing value.
    ///
    /// - Throws: `invalidRow`, naming the feature: unknown, absent, not a number, not finite, or
    ///   outside of float32.
    public init(_ body: JSONValue, model: TreeModel) throws(ModelError) {
        let row = body["features"] ?? body
        let names = model.featureNames
        switch row {
        case .array(let items):
            guard items.count == names.count else {
                throw ModelError(
                    .invalidRow, "cannot predict: got \(items.count) values, want \(names.count)",
                    field: "features")
            }
            var values: [Float] = []
            for (name, item) in zip(names, items) { values.append(try FeatureRow.value(item, name)) }
            self.values = values
        case .object(let object):
            for member in object.members where model.featureIndex[member.name] == nil {
                throw ModelError(
                    .invalidRow, "cannot predict: unknown feature \"\(member.name.prefix(80))\"",
                    field: String(member.name.prefix(80)))
            }
            var values: [Float] = []
            for name in names {
                guard let item = object[name] else {
                    throw ModelError(
                        .invalidRow,
                        "cannot predict: feature \"\(name)\" is absent (got \(object.members.count) of \(names.count); null is a missing value)",
                        field: name)
                }
                values.append(try FeatureRow.value(item, name))
            }
            self.values = values
        default:
            throw ModelError(
                .invalidRow,
                "cannot predict: want an object of \(names.count) features or an array of \(names.count) numbers",
                field: "features")
        }
    }

    private static func value(_ item: JSONValue, _ name: String) throws(ModelError) -> Float {
        if item.isNull { return .nan }
        guard let number = item.double else {
            throw ModelError(
                .invalidRow, "cannot predict: feature \"\(name)\" is not a number", field: name)
        }
        let value = Float(number)
        guard value.isFinite else {
            throw ModelError(
                .invalidRow, "cannot predict: feature \"\(name)\" is not a finite float32 number",
                field: name)
        }
        return value
    }
}
