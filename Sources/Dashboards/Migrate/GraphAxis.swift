import JSON

/// One y axis of an old graph.
struct GraphAxis: Equatable {
    var unit: JSONValue?
    var decimals: JSONValue?
    var least: Double?
    var most: Double?
    var label: String?
    var logBase: Int?
    var isHidden = false

    init(_ axis: JSONObject?) {
        guard let axis else { return }
        unit = axis.text("format").map { .string($0) }
        decimals = axis.whole("decimals").map { .number($0) }
        least = axis.real("min")
        most = axis.real("max")
        label = axis.text("label").flatMap { $0.isEmpty ? nil : $0 }
        logBase = axis.whole("logBase").flatMap { $0 > 1 ? $0 : nil }
        isHidden = axis.flag("show") == false
    }

    private var scale: JSONValue? {
        logBase.map { ["type": "log", "log": .number($0 == 10 ? 10 : 2)] }
    }

    /// The axis as defaults of a field configuration.
    var fieldConfig: JSONObject {
        var result: JSONObject = [:]
        result["unit"] = unit
        result["decimals"] = decimals
        result["min"] = least.map { .number($0) }
        result["max"] = most.map { .number($0) }
        var custom: JSONObject = [:]
        custom["axisLabel"] = label.map { .string($0) }
        custom["scaleDistribution"] = scale
        if isHidden { custom["axisPlacement"] = "hidden" }
        result["custom"] = .object(custom)
        return result
    }

    /// What a series on this axis overrides, given the axis of the others.
    func overrides(of other: GraphAxis) -> [JSONValue] {
        var result = [Override.property("custom.axisPlacement", isHidden ? "hidden" : "right")]
        if unit != other.unit, let unit { result.append(Override.property("unit", unit)) }
        if decimals != other.decimals { result.append(Override.property("decimals", decimals ?? .null)) }
        if least != other.least {
            result.append(Override.property("min", least.map { .number($0) } ?? .null))
        }
        if most != other.most { result.append(Override.property("max", most.map { .number($0) } ?? .null)) }
        if label != other.label { result.append(Override.property("custom.axisLabel", .string(label ?? ""))) }
        if logBase != other.logBase {
            result.append(Override.property("custom.scaleDistribution", scale ?? ["type": "linear"]))
        }
        return result
    }
}
