extension RelabelRule {
    /// Applies the rules in order.
    ///
    /// - Returns: false when one of them drops the label set; the builder is then half changed.
    public static func apply(_ rules: [RelabelRule], to labels: inout LabelsBuilder) -> Bool {
        for rule in rules where !rule.apply(to: &labels) { return false }
        return true
    }

    /// Applies one rule. Returns false when it drops the label set.
    public func apply(to labels: inout LabelsBuilder) -> Bool {
        switch action {
        case .labelmap:
            for (name, value) in labels.current {
                if let groups = regex.match(name) {
                    labels.set(regex.expand(replacement, value: name, groups: groups), value)
                }
            }
            return true
        case .labeldrop:
            labels.keep { !regex.matches($0) }
            return true
        case .labelkeep:
            labels.keep { regex.matches($0) }
            return true
        default: break
        }
        let value = joinedValue(in: labels)
        switch action {
        case .keep: return regex.matches(value)
        case .drop: return !regex.matches(value)
        case .keepequal: return (labels.value(of: targetLabel) ?? "").hasSameBytes(as: value)
        case .dropequal: return !(labels.value(of: targetLabel) ?? "").hasSameBytes(as: value)
        case .lowercase: labels.set(targetLabel, value.lowercased())
        case .uppercase: labels.set(targetLabel, value.uppercased())
        case .hashmod:
            // A modulus of 0 is refused by `fault`; here it must only do no harm.
            if modulus > 0 { labels.set(targetLabel, String(MD5.digest(value.utf8).low % modulus)) }
        default: replace(value, in: &labels)
        }
        return true
    }

    private func replace(_ value: String, in labels: inout LabelsBuilder) {
        guard let groups = regex.match(value) else { return }
        let target = expanded(targetLabel, value, groups)
        guard nameValidation.acceptsLabelName(target) else { return }
        labels.set(target, expanded(replacement, value, groups))
    }

    private func expanded(_ template: String, _ value: String, _ groups: [Range<Int>?]) -> String {
        guard template.utf8.contains(UInt8(ascii: "$")) else { return template }
        return regex.expand(template, value: value, groups: groups)
    }

    private func joinedValue(in labels: LabelsBuilder) -> String {
        if sourceLabels.count == 1 { return labels.value(of: sourceLabels[0]) ?? "" }
        var result = ""
        for (index, name) in sourceLabels.enumerated() {
            if index > 0 { result += separator }
            result += labels.value(of: name) ?? ""
        }
        return result
    }
}
