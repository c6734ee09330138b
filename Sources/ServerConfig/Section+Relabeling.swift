import MetricModel

extension Section {
    /// The relabeling rules of a field.
    ///
    /// - Parameter what: completes "an empty entry is no …".
    func relabelRules(
        _ name: String, what: String, validation: NameValidation
    ) throws(ConfigurationError) -> [RelabelRule] {
        var rules: [RelabelRule] = []
        for section in try sections(name, nullMessage: "an empty entry is no \(what)") {
            rules.append(try section.relabelRule(validation))
        }
        return rules
    }

    private func relabelRule(_ validation: NameValidation) throws(ConfigurationError) -> RelabelRule {
        var rule = RelabelRule(nameValidation: validation)
        rule.sourceLabels = try strings("source_labels") ?? []
        if let separator = try string("separator") { rule.separator = separator }
        if let regex = try string("regex") {
            do { rule.regex = try Pattern(regex) } catch {
                throw self.error(.invalidValue, error.message, at: "regex")
            }
        }
        if let modulus = try string("modulus"), !modulus.isEmpty {
            guard let number = UInt64(modulus) else {
                throw error(
                    .invalidValue, "cannot read modulus: got \"\(modulus)\", want a whole number",
                    at: "modulus")
            }
            rule.modulus = number
        }
        if let label = try string("target_label") { rule.targetLabel = label }
        if let replacement = try string("replacement") { rule.replacement = replacement }
        if let text = try string("action") {
            if text.isEmpty { throw error(.invalidValue, "want an action", at: "action") }
            guard let action = RelabelRule.Action(rawValue: text.lowercased()) else {
                throw error(.invalidValue, "unknown relabel action \(LabelText.quoted(text))", at: "action")
            }
            rule.action = action
        }
        try finish()
        if let fault = rule.fault { throw error(.invalidValue, fault) }
        return rule
    }
}
