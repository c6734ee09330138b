import JSON
import MetricModel
import PromQLSyntax
import TestKit
import Testing

@Suite struct PrinterTests {
    @Test(arguments: [
        ("sum by() (task:errors:rate10s{job=\"s\"})", "sum(task:errors:rate10s{job=\"s\"})"),
        ("sum(x)by(b,a)", "sum by (b, a) (x)"),
        ("sum without ( \"a b\" ) ( x )", "sum without (\"a b\") (x)"),
        ("topk( 5 ,x )", "topk(5, x)"),
        ("a-b", "a - b"),
        ("a >bool b", "a > bool b"),
        ("a +on(x) group_left(y) b", "a + on (x) group_left (y) b"),
        ("a + ignoring() b", "a + b"),
        ("a{b='c',a!~\"d.*\"}", "a{a!~\"d.*\",b=\"c\"}"),
        ("{__name__=\"a\"}", "{__name__=\"a\"}"),
        ("{\"my.metric\",x=\"y\"}", "{__name__=\"my.metric\",x=\"y\"}"),
        ("x[300s] offset -5m @ 10.5", "x[5m] @ 10.500 offset -5m"),
        ("x[1h:30s] @ start()", "x[1h:30s] @ start()"),
        ("max_over_time(x[1h:])", "max_over_time(x[1h:])"),
        ("x[step()*2]", "x[step() * 2]"),
        ("-(1+2)", "-(1 + 2)"),
        ("0x10", "16"),
        ("1e-7", "0.0000001"),
        ("Inf^-inf", "Inf ^ -Inf"),
        ("--Inf^2", "--Inf ^ 2"),
        ("5m", "5m"),
        ("rate(x[5m] smoothed)", "rate(x[5m] smoothed)"),
        ("a + fill(0) b", "a + fill (0) b"),
        ("count_values('v', x)", "count_values(\"v\", x)"),
    ])
    func prints(_ text: String, _ wanted: String) throws {
        #expect(try Expression.parse(text, options: .all).description == wanted)
    }

    @Test func splitsLongExpressions() throws {
        let text =
            "sum by (job, instance) (rate(http_requests_total{job=\"a\", code=~\"5..\"}[5m])) / on (job) group_left () sum(rate(http_requests_total[5m]))"
        let wanted = """
              sum by (job, instance) (rate(http_requests_total{code=~"5..",job="a"}[5m]))
            / on (job) group_left ()
              sum(rate(http_requests_total[5m]))
            """
        #expect(try Expression.parse(text).formatted == wanted)
        let nested =
            "histogram_quantile(0.99, sum by (le, app_name, method) (rate(http_request_latency_seconds_bucket{app_name=\"shop\"}[5m])))"
        let wantedNested = """
            histogram_quantile(
              0.99,
              sum by (le, app_name, method) (rate(http_request_latency_seconds_bucket{app_name="shop"}[5m]))
            )
            """
        #expect(try Expression.parse(nested).formatted == wantedNested)
    }

    @Test func keepsShortExpressionsOnOneLine() throws {
        #expect(try Expression.parse("sum( a )  + 1").formatted == "sum(a) + 1")
    }

    /// What is printed or laid out means the same as what was read.
    @Test(.enabled(if: SharedFolders.conformance != nil))
    func roundTrips() throws {
        let path = try #require(SharedFolders.conformance) + "/promql/parse-cases.jsonl"
        var count = 0
        for line in try #require(SharedFolders.read(path)).split(separator: UInt8(ascii: "\n")) {
            let test = try JSONValue.parse(line)
            guard test["fail"] != true, let input = test["input"]?.string,
                let expression = try? Expression.parse(input, options: .all)
            else { continue }
            count += 1
            let printed = expression.description
            #expect((try? Expression.parse(printed, options: .all))?.description == printed, "\(input)")
            #expect(
                (try? Expression.parse(expression.formatted, options: .all))?.description == printed,
                "\(input)")
        }
        #expect(count > 100)
    }

    @Test func writesTheTreeAsJSON() throws {
        let json = try Expression.parse("sum by (job) (rate(foo{a=\"b\"}[5m] offset 1m)) > bool 2").json
        #expect(json["type"]?.string == "binaryExpr")
        #expect(json["bool"]?.bool == true)
        #expect(json["matching"] == .null)
        #expect(json["rhs"]?["val"]?.string == "2")
        let call = json["lhs"]?["expr"]
        #expect(call?["func"]?["name"]?.string == "rate")
        #expect(call?["func"]?["argTypes"]?[0]?.string == "matrix")
        let selector = call?["args"]?[0]
        #expect(selector?["type"]?.string == "matrixSelector")
        #expect(selector?["range"]?.int == 300_000)
        #expect(selector?["offset"]?.int == 60_000)
        #expect(selector?["matchers"]?.array?.count == 2)
        #expect(selector?["timestamp"] == .null)
    }

    @Test func changesMatchers() throws {
        let expression = try Expression.parse("a{x=\"1\"} / sum(rate(b[5m]))")
        let set = expression.settingMatcher(LabelMatcher("x", equals: "2"))
        #expect(set.description == "a{x=\"2\"} / sum(rate(b{x=\"2\"}[5m]))")
        #expect(set.removingMatchers(for: "x").description == "a / sum(rate(b[5m]))")
        #expect(expression.selectors.map(\.name) == ["a", "b"])
    }
}
