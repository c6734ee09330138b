/// One step that changes or drops a label set. Names and defaults as in Prometheus' `<relabel_config>`.
public struct RelabelRule: Sendable {
    public enum Action: String, Sendable, CaseIterable {
        case replace, keep, drop, keepequal, dropequal, hashmod, labelmap, labeldrop, labelkeep
        case lowercase, uppercase
    }

    /// The labels whose values are joined by ``separator`` and looked at; a missing one counts as empty.
    public var sourceLabels: [String]
    public var separator: String
    /// Matched against the whole joined value, or against label names.
    public var regex: Pattern
    /// For `hashmod`.
    public var modulus: UInt64
    /// The label that is written; may refer to groups of ``regex`` in `replace`.
    public var targetLabel: String
    /// May refer to groups of ``regex``.
    public var replacement: String
    public var action: Action
    public var nameValidation: NameValidation

    public static let defaultSeparator = ";"
    public static let defaultReplacement = "$1"
    public static let defaultRegex: Pattern = {
        do { return try Pattern("(.*)") } catch { preconditionFailure("BUG: \(error)") }
    }()

    public init(
        _ action: Action = .replace, sourceLabels: [String] = [], separator: String = defaultSeparator,
        regex: Pattern = defaultRegex, modulus: UInt64 = 0, targetLabel: String = "",
        replacement: String = defaultReplacement, nameValidation: NameValidation = .utf8
    ) {
        self.action = action
        self.sourceLabels = sourceLabels
        self.separator = separator
        self.regex = regex
        self.modulus = modulus
        self.targetLabel = targetLabel
        self.replacement = replacement
        self.nameValidation = nameValidation
    }

    /// What is wrong with the rule, in one sentence that names the field; nil when nothing is.
    public var fault: String? {
        let isOneLabelAction: Bool =
            switch action {
            case .hashmod, .lowercase, .uppercase, .keepequal, .dropequal: true
            default: false
            }
        if action == .hashmod, modulus == 0 {
            return "the action hashmod needs a modulus that is not 0"
        }
        if action == .replace || isOneLabelAction, targetLabel.isEmpty {
            return "the action \(action) needs a target_label"
        }
        let isTemplate = targetLabel.utf8.contains(UInt8(ascii: "$"))
        let isTargetValid =
            action == .replace && isTemplate
            ? acceptsTemplate(targetLabel) : nameValidation.acceptsLabelName(targetLabel)
        if action == .replace || isOneLabelAction, !isTargetValid {
            return
                "the action \(action) cannot use the target_label \(LabelText.quoted(targetLabel)): not a label name"
        }
        let isReplacementSet = replacement != Self.defaultReplacement
        if isOneLabelAction, action != .hashmod, isReplacementSet {
            return action == .lowercase || action == .uppercase
                ? "the action \(action) takes no replacement"
                : "the action \(action) takes source_labels and target_label only: got a replacement"
        }
        if action == .labelmap, !acceptsTemplate(replacement) {
            return
                "the action labelmap cannot use the replacement \(LabelText.quoted(replacement)): not a label name"
        }
        let isRegexSet = regex.text != Self.defaultRegex.text
        let isAnySet = modulus != 0 || separator != Self.defaultSeparator || isReplacementSet
        if action == .keepequal || action == .dropequal, isRegexSet || isAnySet {
            return "the action \(action) takes source_labels and target_label only"
        }
        if action == .labeldrop || action == .labelkeep,
            isAnySet || !sourceLabels.isEmpty || !targetLabel.isEmpty
        {
            return "the action \(action) takes a regex only"
        }
        return nil
    }

    private func acceptsTemplate(_ text: String) -> Bool {
        nameValidation == .utf8 ? !text.isEmpty : Self.legacyTemplate.matches(text)
    }

    /// A legacy label name in which `$name` and `${name}` stand for letters.
    private static let legacyTemplate: Pattern = {
        do {
            return try Pattern(#"(?:(?:[a-zA-Z_]|\$(?:\{\w+\}|\w+))+\w*)+"#)
        } catch { preconditionFailure("BUG: \(error)") }
    }()
}

extension RelabelRule: Equatable {
    public static func == (a: RelabelRule, b: RelabelRule) -> Bool {
        a.action == b.action && a.sourceLabels == b.sourceLabels && a.separator == b.separator
            && a.regex.text == b.regex.text && a.modulus == b.modulus && a.targetLabel == b.targetLabel
            && a.replacement == b.replacement && a.nameValidation == b.nameValidation
    }
}
