import MetricModel
import Testing

@Suite struct DurationTextTests {
    @Test(
        arguments: [
            ("0", 0), ("0s", 0), ("5m", 300_000), ("1h30m", 5_400_000), ("250ms", 250), ("1d", 86_400_000),
            ("1w", 604_800_000), ("1y", 31_536_000_000), ("1y1w1d1h1m1s1ms", 32_230_861_001),
        ] as [(String, Int64)])
    func reads(text: String, milliseconds: Int64) {
        #expect(DurationText.parse(text) == milliseconds)
    }

    @Test(arguments: ["", "5", "m", "1m1h", "1.5h", "-1s", "1s1s", "99999999999y", "1 s", "１s"])
    func refuses(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test(
        arguments: [
            (0, "0s"), (300_000, "5m"), (5_400_000, "1h30m"), (86_400_000, "1d"), (604_800_000, "1w"),
            (90_061_001, "1d1h1m1s1ms"), (691_200_000, "8d"), (-60_000, "-1m"),
        ] as [(Int64, String)])
    func writes(milliseconds: Int64, text: String) {
        #expect(DurationText.format(milliseconds: milliseconds) == text)
    }
}
