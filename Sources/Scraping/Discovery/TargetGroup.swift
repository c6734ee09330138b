/// Targets that were found together, with the labels that they share.
public struct TargetGroup: Sendable, Equatable {
    /// One entry a target; the address is the label `__address__`.
    public var targets: [[String: String]]
    /// Labels of all targets; a target's own label wins.
    public var labels: [String: String]
    /// Where the group comes from; a later group of the same source replaces it.
    public var source: String

    public init(targets: [[String: String]], labels: [String: String] = [:], source: String) {
        self.targets = targets
        self.labels = labels
        self.source = source
    }

    public init(addresses: [String], labels: [String: String] = [:], source: String) {
        self.init(targets: addresses.map { ["__address__": $0] }, labels: labels, source: source)
    }
}
