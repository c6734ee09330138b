/// Which metric and label names are accepted.
public enum NameValidation: String, Sendable {
    /// Any text that is not empty.
    case utf8
    /// `[a-zA-Z_:][a-zA-Z0-9_:]*`, label names without the colon.
    case legacy

    public func acceptsMetricName(_ name: String) -> Bool {
        self == .utf8 ? !name.isEmpty : MetricName.isLegacyName(name)
    }

    public func acceptsLabelName(_ name: String) -> Bool {
        self == .utf8 ? !name.isEmpty : MetricName.isLegacyLabelName(name)
    }
}
