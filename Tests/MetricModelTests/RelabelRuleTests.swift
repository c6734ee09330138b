import MetricModel
import Testing

@Suite struct RelabelRuleTests {
    private static func rule(
        _ action: RelabelRule.Action = .replace, _ source: [String] = [], separator: String = ";",
        regex: String = "(.*)",
        modulus: UInt64 = 0, target: String = "", replacement: String = "$1",
        validation: NameValidation = .utf8
    ) -> RelabelRule {
        guard let pattern = try? Pattern(regex) else { preconditionFailure("BUG: a bad pattern in a test") }
        return RelabelRule(
            action, sourceLabels: source, separator: separator, regex: pattern, modulus: modulus,
            targetLabel: target,
            replacement: replacement, nameValidation: validation)
    }

    /// What the rules make of `a="foo", b="bar", c="baz"`; nil when they drop it.
    private func apply(
        _ rules: [RelabelRule],
        to pairs: [(name: String, value: String)] = [("a", "foo"), ("b", "bar"), ("c", "baz")]
    ) -> String? {
        var labels = LabelsBuilder(Labels(pairs))
        return RelabelRule.apply(rules, to: &labels) ? labels.labels().description : nil
    }

    @Test(arguments: [
        (
            rule(.replace, ["a"], regex: "f(.*)", target: "d", replacement: "ch${1}-ch${1}"),
            #"{a="foo", b="bar", c="baz", d="choo-choo"}"#
        ),
        (
            rule(.replace, ["a", "b"], regex: "f(.*);(.*)r", target: "a", replacement: "b${1}${2}m"),
            #"{a="boobam", b="bar", c="baz"}"#
        ),
        (
            rule(.replace, ["a"], regex: "nothing", target: "d", replacement: "x"),
            #"{a="foo", b="bar", c="baz"}"#
        ),
        (rule(.replace, ["a"], target: "a", replacement: ""), #"{b="bar", c="baz"}"#),
        (rule(.replace, ["x"], regex: ".+", target: "a", replacement: "y"), #"{a="foo", b="bar", c="baz"}"#),
        (rule(.replace, target: "s", replacement: "static"), #"{a="foo", b="bar", c="baz", s="static"}"#),
        (
            rule(.replace, ["a"], regex: "(f).*", target: "${1}_x", replacement: "1"),
            #"{a="foo", b="bar", c="baz", f_x="1"}"#
        ),
        (
            rule(.replace, ["a"], regex: "(?P<n>f).*", target: "t", replacement: "${n}-$$-$9"),
            #"{a="foo", b="bar", c="baz", t="f-$-"}"#
        ),
        (rule(.replace, ["a"], regex: "fo", target: "a", replacement: "x"), #"{a="foo", b="bar", c="baz"}"#),
        (rule(.replace, ["a"], target: "", replacement: "x"), #"{a="foo", b="bar", c="baz"}"#),
        (rule(.keep, ["a"], regex: "foo"), #"{a="foo", b="bar", c="baz"}"#),
        (rule(.keep, ["a"], regex: "fo"), nil),
        (rule(.drop, ["a"], regex: "f.*"), nil),
        (rule(.drop, ["a"], regex: "o"), #"{a="foo", b="bar", c="baz"}"#),
        (rule(.drop, ["x"], regex: ""), nil), (rule(.keepequal, ["a"], target: "b"), nil),
        (rule(.keepequal, ["a"], target: "a"), #"{a="foo", b="bar", c="baz"}"#),
        (rule(.dropequal, ["a"], target: "a"), nil),
        (rule(.dropequal, ["a"], target: "b"), #"{a="foo", b="bar", c="baz"}"#),
        (rule(.hashmod, ["c"], modulus: 1000, target: "d"), #"{a="foo", b="bar", c="baz", d="976"}"#),
        (rule(.hashmod, ["a", "b"], separator: "\n", modulus: 10, target: "d"), nil),
        (
            rule(.labelmap, regex: "([ab])", replacement: "x_$1"),
            #"{a="foo", b="bar", c="baz", x_a="foo", x_b="bar"}"#
        ),
        (rule(.labeldrop, regex: "[ab]"), #"{c="baz"}"#),
        (rule(.labelkeep, regex: "[ab]"), #"{a="foo", b="bar"}"#),
        (rule(.uppercase, ["a"], target: "u"), #"{a="foo", b="bar", c="baz", u="FOO"}"#),
        (rule(.lowercase, ["a", "b"], separator: "X", target: "a"), #"{a="fooxbar", b="bar", c="baz"}"#),
    ])
    func oneRule(rule: RelabelRule, expected: String?) {
        // The digest of a text with a newline is checked by its form only.
        if rule.action == .hashmod, expected == nil {
            #expect(apply([rule])?.contains("d=\"") == true)
        } else {
            #expect(apply([rule]) == expected)
        }
    }

    @Test func rulesSeeWhatThoseBeforeThemDid() {
        let rules = [
            Self.rule(.replace, ["a"], target: "t", replacement: "1"), Self.rule(.keep, ["t"], regex: "1"),
            Self.rule(.labeldrop, regex: "[abc]"),
        ]
        #expect(apply(rules) == #"{t="1"}"#)
    }

    @Test func namesOfTheOldKindOnly() {
        let utf8 = Self.rule(.replace, ["a"], target: "x.y", replacement: "1")
        let legacy = Self.rule(.replace, ["a"], target: "x.y", replacement: "1", validation: .legacy)
        #expect(apply([utf8]) == #"{a="foo", b="bar", c="baz", "x.y"="1"}"#)
        #expect(apply([legacy]) == #"{a="foo", b="bar", c="baz"}"#)
        #expect(utf8.fault == nil)
        #expect(legacy.fault != nil)
    }

    @Test(arguments: [
        (rule(.replace, ["a"]), "target_label"), (rule(.hashmod, ["a"], target: "t"), "modulus"),
        (rule(.hashmod, ["a"], modulus: 1), "target_label"),
        (rule(.lowercase, ["a"]), "target_label"),
        (rule(.uppercase, ["a"], target: "t", replacement: "x"), "replacement"),
        (rule(.keepequal, ["a"]), "target_label"),
        (rule(.dropequal, ["a"], regex: "x", target: "t"), "source_labels and target_label only"),
        (rule(.labeldrop, ["a"], regex: "x"), "regex only"),
        (rule(.labelkeep, regex: "x", target: "t"), "regex only"),
        (rule(.labelmap, replacement: ""), "replacement"),
        (rule(.replace, ["a"], target: "$1-x", validation: .legacy), "target_label"),
    ])
    func faults(rule: RelabelRule, field: String) {
        #expect(rule.fault?.contains(field) == true, "\(rule.fault ?? "nil")")
    }

    @Test(arguments: [
        rule(.replace, ["a"], target: "t"), rule(.replace, target: "${1}_x", validation: .legacy),
        rule(.keep, ["a"]), rule(.labelmap),
        rule(.labeldrop, regex: "x"), rule(.hashmod, ["a"], modulus: 8, target: "t"),
        rule(.keepequal, ["a"], target: "t"),
        rule(.lowercase, ["a"], target: "t"),
    ])
    func goodRules(rule: RelabelRule) {
        #expect(rule.fault == nil)
    }
}
