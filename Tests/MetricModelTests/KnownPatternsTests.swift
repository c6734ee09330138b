import Testing

@testable import MetricModel

@Suite struct KnownPatternsTests {
    @Test func whatWasUsedOfLateIsKnown() throws {
        let text = "known-[a-c]+"
        #expect(!LabelMatcher.isQuick(.matches, text))
        let first = try LabelMatcher("a", .matches, text)
        #expect(LabelMatcher.isQuick(.matches, text) && LabelMatcher.isQuick(.notMatches, text))
        let second = try LabelMatcher("b", .notMatches, text)
        #expect(first.pattern === second.pattern)
        #expect(first.matches("known-abc") && !first.matches("known-d"))
        // Few are kept.
        for number in 0..<100 { _ = try LabelMatcher("a", .matches, "other-\(number)-.") }
        #expect(!LabelMatcher.isQuick(.matches, text))
        #expect(first.matches("known-a"))
    }

    @Test func longOnesAndWrongOnesAreNot() throws {
        let long = String(repeating: "a", count: 600)
        #expect(try LabelMatcher("a", .matches, long).matches(long))
        #expect(!LabelMatcher.isQuick(.matches, long))
        // More than the memory of a known one, and within that of others.
        let large = #"large-\pL{20}"#
        #expect(try !LabelMatcher("a", .matches, large).matches("large-"))
        #expect(!LabelMatcher.isQuick(.matches, large))
        for _ in 0..<2 {
            #expect(throws: PatternError.self) { try LabelMatcher("a", .matches, "(") }
            #expect(!LabelMatcher.isQuick(.matches, "("))
        }
    }

    @Test func textsWithDifferentBytesAreDifferent() throws {
        let composed = "caf\u{e9}.?"
        let decomposed = "cafe\u{301}.?"
        #expect(composed == decomposed)
        let first = try LabelMatcher("a", .matches, composed)
        let second = try LabelMatcher("a", .matches, decomposed)
        #expect(first.matches("caf\u{e9}") && !first.matches("cafe\u{301}"))
        #expect(second.matches("cafe\u{301}") && !second.matches("caf\u{e9}"))
    }
}
