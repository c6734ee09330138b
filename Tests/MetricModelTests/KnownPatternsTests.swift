import Testing

@testable import MetricModel

@Suite struct KnownPatternsTests {
    @Test func whatWasUsedOfLateIsKnown() throws {
        let known = KnownPatterns()
        let text = "known-[a-c]+"
        #expect(known.find(text) == nil)
        let pattern = try known.make(text)
        #expect(pattern.matches("known-abc") && !pattern.matches("known-d"))
        #expect(known.find(text) === pattern)
        #expect(try known.make(text) === pattern)
        // Few are kept: those that were used last.
        for number in 0..<150 {
            _ = try known.make("other-\(number)-.")
            if number < 50 { #expect(known.find(text) === pattern) }
        }
        #expect(known.find(text) == nil && known.find("other-149-.") != nil)
        #expect(pattern.matches("known-a"))
    }

    @Test func longOnesAndWrongOnesAreNot() throws {
        let known = KnownPatterns()
        let long = String(repeating: "a", count: 600)
        #expect(try known.make(long).matches(long))
        #expect(known.find(long) == nil)
        // More than the memory of a known one, and within that of others.
        let large = #"large-\pL{20}"#
        #expect(try !known.make(large).matches("large-"))
        #expect(known.find(large) == nil)
        for _ in 0..<2 {
            #expect(throws: PatternError.self) { try known.make("(") }
            #expect(known.find("(") == nil)
        }
    }

    @Test func textsWithDifferentBytesAreDifferent() throws {
        let known = KnownPatterns()
        let composed = "caf\u{e9}.?"
        let decomposed = "cafe\u{301}.?"
        #expect(composed == decomposed)
        let first = try known.make(composed)
        let second = try known.make(decomposed)
        #expect(first.matches("caf\u{e9}") && !first.matches("cafe\u{301}"))
        #expect(second.matches("cafe\u{301}") && !second.matches("caf\u{e9}"))
    }

    @Test func matchersTakeThem() throws {
        let matcher = try LabelMatcher("a", .notMatches, "taken-[0-9]")
        #expect(!matcher.matches("taken-1") && matcher.matches("taken-x"))
        #expect(LabelMatcher.isQuick(.equal, "never-[0-9]") && LabelMatcher.isQuick(.notEqual, "never-[0-9]"))
        #expect(!LabelMatcher.isQuick(.matches, "never-[0-9]"))
    }
}
