import MetricModel
import Testing

@Suite struct PatternTests {
    @Test(arguments: [
        ("a|b|c", ["a", "b", "c"], ["", "d", "ab"]), ("(a|b)", ["a", "b"], ["c"]),
        ("foo", ["foo"], ["fo", "foobar"]),
        ("foo.*", ["foo", "foobar", "foo\nx"], ["fo"]), (".*bar.*", ["bar", "xbarx"], ["ba"]),
        (".*", ["", "x\ny"], []),
        (".+", ["x", "\n"], [""]), ("10[0-9]+:.*", ["100:x"], ["10:x"]), ("a\\.b", ["a.b"], ["axb"]),
        ("", [""], ["x"]), ("ab?", ["a", "ab"], ["b"]), ("(?i)abc", ["ABC", "abc"], ["ab"]),
        ("a||b", ["a", "", "b"], ["c"]),
        ("x{2}", ["xx"], ["x{2}", "x"]), ("\\d+", ["12"], ["d", "dd"]), ("foo-[a-z]+", ["foo-x"], ["foo-"]),
    ])
    func matchesWholeValues(pattern: String, matching: [String], other: [String]) throws {
        let pattern = try Pattern(pattern)
        for value in matching {
            #expect(pattern.matches(value))
            #expect(value.hasPrefix(pattern.prefix))
        }
        for value in other { #expect(!pattern.matches(value)) }
        if let literals = pattern.literals { #expect(literals.sorted() == matching.sorted()) }
    }

    @Test(arguments: ["(", "a{2000}", "\\1", "(?=x)", "[z-a]"])
    func refuses(pattern: String) {
        #expect(throws: PatternError.self) { try Pattern(pattern) }
    }

    @Test func expandsGroupsAsGo() throws {
        let pattern = try Pattern("(?P<host>[^:]+):(\\d+)")
        let groups = try #require(pattern.match("web:80"))
        func expand(_ template: String) -> String {
            pattern.expand(template, value: "web:80", groups: groups)
        }
        #expect(expand("$1-$2") == "web-80")
        #expect(expand("${host}x") == "webx")
        #expect(expand("$hostx") == "")
        #expect(expand("$$1 $9 ${1}0") == "$1  web0")
        #expect(expand("a$") == "a$")
        #expect(expand("${bad") == "${bad")
        #expect(pattern.match("web") == nil)
    }
}
