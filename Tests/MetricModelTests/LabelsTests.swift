import MetricModel
import Testing

@Suite struct LabelsTests {
    @Test func sortsAndFinds() {
        let labels = Labels([("b", "2"), ("__name__", "up"), ("a", "1"), ("c", "")])
        #expect(labels.description == #"up{a="1", b="2"}"#)
        #expect(labels.value(of: "b") == "2")
        #expect(labels.value(of: "c") == nil)
        #expect(labels.value(of: "zz") == nil)
        #expect(labels.metricName == "up")
        #expect(Labels.empty.description == "{}")
        #expect(Labels([("x", "\"\n")]).description == #"{x="\"\n"}"#)
    }

    @Test func packsLongStrings() {
        for length in [254, 255, 256, 70_000] {
            let value = String(repeating: "v", count: length)
            let labels = Labels([("a", value), ("b", "x")])
            #expect(labels.value(of: "a") == value)
            #expect(labels.value(of: "b") == "x")
        }
    }

    @Test func ordersByPairs() {
        let ordered = [
            Labels.empty, Labels([("a", "1")]), Labels([("a", "1"), ("b", "1")]), Labels([("a", "10")]),
            Labels([("a", "2")]), Labels([("aa", "0")]), Labels([("b", "0")]),
        ]
        for i in ordered.indices {
            for j in ordered.indices { #expect((ordered[i] < ordered[j]) == (i < j)) }
        }
    }

    @Test func comparesBytesNotUnicodeEquivalence() throws {
        let composed = "\u{E9}"
        let decomposed = "e\u{301}"
        var builder = LabelsBuilder()
        builder.set(composed, "1")
        builder.set(decomposed, "2")
        #expect(builder.value(of: composed) == "1")
        #expect(builder.value(of: decomposed) == "2")
        #expect(!LabelMatcher("a", equals: composed).matches(decomposed))
        #expect(try !Pattern("\(composed)|x").matches(decomposed))
        #expect(try Pattern("\(composed)|x").matches(composed))
    }
}
