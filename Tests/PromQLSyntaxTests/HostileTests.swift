import JSON
import PromQLSyntax
import TestKit
import Testing

/// Queries made to break the parser.
@Suite struct HostileTests {
    private static let tooMuch: [String] = [
        String(repeating: "(", count: 10_000) + "1" + String(repeating: ")", count: 10_000),
        String(repeating: "(", count: 100_000),
        String(repeating: "-", count: 10_000) + "1",
        String(repeating: "abs(", count: 10_000) + "x" + String(repeating: ")", count: 10_000),
        String(repeating: "sum(", count: 10_000) + "x" + String(repeating: ")", count: 10_000),
        "x[" + String(repeating: "(", count: 10_000) + "1" + String(repeating: ")", count: 10_000) + "]",
        "x[" + String(repeating: "-", count: 10_000) + "1]",
        "x offset " + String(repeating: "-", count: 10_000) + "1",
        String(repeating: "1+", count: 40_000) + "1",
        String(repeating: "2^", count: 40_000) + "1",
        String(repeating: "a or ", count: 20_000) + "a",
        String(repeating: "max_over_time(", count: 5_000) + "x[1m]"
            + String(repeating: "[1m:1m])", count: 5_000),
        String(repeating: "x", count: 1_000_000),
        "x{" + String(repeating: "a=\"b\",", count: 200_000) + "}",
    ]

    @Test(arguments: 0..<tooMuch.count)
    func refusesWhatIsTooDeepOrTooLong(_ number: Int) {
        let error = #expect(throws: SyntaxError.self) { try Expression.parse(HostileTests.tooMuch[number]) }
        // The message must not carry the query along.
        #expect((error?.description.utf8.count ?? 0) < 500)
    }

    /// As deep and as high as is allowed: parsing, comparing, printing and releasing recurse through it.
    @Test func standsTheDeepestThatItAccepts() throws {
        let deep = String(repeating: "(", count: 190) + "1" + String(repeating: ")", count: 190)
        let high = String(repeating: "a or ", count: 580) + "a"
        for text in [deep, high] {
            let expression = try Expression.parse(text)
            let again = try Expression.parse(text)
            #expect(expression == again)
            #expect(expression.description == text)
            #expect(!expression.formatted.isEmpty)
            #expect(!expression.json.bytes().isEmpty)
        }
        // Chains in parentheses in chains: the height counts, not each chain alone.
        var nested = "1"
        for _ in 0..<20 { nested = "(" + nested + String(repeating: "+1", count: 100) + ")" }
        #expect(throws: SyntaxError.self) { try Expression.parse(nested) }
    }

    @Test(arguments: [
        "\u{0}", "\"\\", "'\\xZZ'", "\"\\u{110000}\"", "x{\u{FF}=\"a\"}", "1e999999", "0x", "1__0", "5m5m",
        "x[99999999999y]", "x @ 1e300", "x offset 1e300", "`", "#", "{}", "{a=~\"(\"}", "x[1y1w1d1h1m1s1ms:",
        "é", "sum by (é) (x)",
    ])
    func refusesOddities(_ query: String) {
        #expect(throws: SyntaxError.self) { try Expression.parse(query) }
    }

    /// Random changes of real queries: whatever comes out, an answer or an error with a place inside of the
    /// query, and printing what was accepted gives something that is accepted.
    @Test(.enabled(if: SharedFolders.conformance != nil))
    func survivesRandomChanges() throws {
        let seed: UInt64 = 20_261_125
        var random = SeededRandom(seed)
        let path = try #require(SharedFolders.conformance) + "/promql/functions.test"
        let lines = String(decoding: try #require(SharedFolders.read(path)), as: UTF8.self).split(
            separator: "\n")
        let queries = lines.filter { $0.hasPrefix("eval instant") }.map {
            Array($0.split(separator: " ").dropFirst(4).joined(separator: " ").utf8)
        }
        try #require(!queries.isEmpty)
        let pieces = [
            "(", ")", "[", "]", "{", "}", "\"", "'", ",", "=~", "offset", "@", "5m", "1e9", "by", "-", "^",
            "bool", "\\", "é", "NaN", ":", "/", "start()",
        ]
        for _ in 0..<20_000 {
            var text = queries[random.below(queries.count)]
            for _ in 0...random.below(4) {
                let place = random.below(text.count + 1)
                switch random.below(4) {
                case 0: if place < text.count { text.remove(at: place) }
                case 1: text.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
                case 2: text.insert(contentsOf: Array(pieces[random.below(pieces.count)].utf8), at: place)
                default:
                    let other = queries[random.below(queries.count)]
                    text.replaceSubrange(
                        min(place, text.count)..<text.count, with: other.suffix(random.below(other.count + 1))
                    )
                }
            }
            let query = String(decoding: text, as: UTF8.self)
            do {
                let expression = try Expression.parse(query, options: .all)
                let printed = expression.description
                #expect(throws: Never.self, "seed \(seed): \(query) printed as \(printed)") {
                    try Expression.parse(printed, options: .all)
                }
            } catch {
                #expect(error.range.upperBound <= query.utf8.count, "seed \(seed): \(query)")
            }
        }
    }
}

/// SplitMix64.
struct SeededRandom {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    mutating func below(_ limit: Int) -> Int {
        Int(next() % UInt64(limit))
    }
}
