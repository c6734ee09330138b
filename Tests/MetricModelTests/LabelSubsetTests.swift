import MetricModel
import Testing

@Suite struct LabelSubsetTests {
    private let labels = Labels([
        ("__name__", "m"), ("b", "2"), ("d", "4"), ("long", String(repeating: "x", count: 300)),
    ])

    @Test func keepsAndDropsByName() {
        #expect(labels.keeping(LabelNames(["d", "b", "nothing"])) == Labels([("b", "2"), ("d", "4")]))
        #expect(labels.dropping(LabelNames(["long", "__name__", "a"])) == Labels([("b", "2"), ("d", "4")]))
        #expect(labels.dropping(LabelNames([])) == labels)
        #expect(labels.keeping(LabelNames([])) == .empty)
    }

    @Test(arguments: [
        ("a", "1"), ("b", "9"), ("c", "3"), ("z", "26"), ("b", ""), ("nothing", ""), ("long", "y"),
        ("e", "é"),
    ])
    func setsOneLabel(_ name: String, _ value: String) {
        var builder = LabelsBuilder(labels)
        builder.set(name, value)
        #expect(labels.setting(name, value) == builder.labels())
        #expect(Labels.empty.setting(name, value) == Labels([(name, value)]))
    }

    /// Values of the reference implementation of XXH64 with seed 0.
    @Test(arguments: [
        ("", 0xEF46_DB37_51D8_E999 as UInt64), ("a", 0xD24E_C4F1_A98C_6E5B), ("abc", 0x44BC_2CF5_AD77_0999),
        ("Nobody inspects the spammish repetition", 0xFBCE_A83C_8A37_8BF1),
    ])
    func hashesLikeTheReference(_ text: String, _ wanted: UInt64) {
        let bytes = Array(text.utf8)
        #expect(bytes.withUnsafeBufferPointer { Labels.stableHash($0) } == wanted)
    }
}
