/// A condition on the value of one label; a label that a series does not have counts as "".
public struct LabelMatcher: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        case equal = "="
        case notEqual = "!="
        case matches = "=~"
        case notMatches = "!~"
    }

    public let name: String
    public let kind: Kind
    public let value: String
    /// The compiled expression of ``Kind/matches`` and ``Kind/notMatches``, matched against the whole
    /// value; nil for the others.
    public let pattern: Pattern?

    /// - Throws: ``PatternError`` when `kind` is a regular expression that cannot be compiled.
    public init(_ name: String, _ kind: Kind, _ value: String) throws(PatternError) {
        self.name = name
        self.kind = kind
        self.value = value
        pattern = kind == .matches || kind == .notMatches ? try KnownPatterns.shared.make(value) : nil
    }

    /// Whether ``init(_:_:_:)`` has not to compile anything.
    public static func isQuick(_ kind: Kind, _ value: String) -> Bool {
        kind == .equal || kind == .notEqual || KnownPatterns.shared.find(value) != nil
    }

    /// An equality, which cannot fail to compile.
    public init(_ name: String, equals value: String) {
        self.name = name
        kind = .equal
        self.value = value
        pattern = nil
    }

    public func matches(_ candidate: String) -> Bool {
        switch kind {
        case .equal: candidate.hasSameBytes(as: value)
        case .notEqual: !candidate.hasSameBytes(as: value)
        case .matches: pattern?.matches(candidate) ?? false
        case .notMatches: !(pattern?.matches(candidate) ?? false)
        }
    }

    /// Whether a series without the label passes.
    public var matchesEmpty: Bool { matches("") }

    public func matches(_ labels: Labels) -> Bool {
        matches(labels.value(of: name) ?? "")
    }

    public static func == (a: LabelMatcher, b: LabelMatcher) -> Bool {
        a.name == b.name && a.kind == b.kind && a.value == b.value
    }
}

extension LabelMatcher: CustomStringConvertible {
    /// `name="value"` in PromQL's form.
    public var description: String {
        let shown = MetricName.isLegacyLabelName(name) ? name : LabelText.quoted(name)
        return shown + kind.rawValue + LabelText.quoted(value)
    }
}
