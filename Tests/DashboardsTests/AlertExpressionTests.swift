import JSON
import Testing

@testable import Dashboards

@Suite struct AlertExpressionTests {
    private typealias Item = ExpressionValue.Item

    private static func number(_ value: Double?, _ labels: [String: String] = [:]) -> Item {
        Item(labels: labels, .number(value))
    }

    private static func series(_ values: [Double?], _ labels: [String: String] = [:]) -> Item {
        Item(labels: labels, .series(values.enumerated().map { .init(time: Int64($0) * 1000, value: $1) }))
    }

    private static func math(_ text: String, _ values: [String: [Item]] = [:]) throws -> [Item] {
        try MathExpression(text).evaluate(values.mapValues(ExpressionValue.init)).items
    }

    @Test func formulasEndWithTheirTask() async throws {
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try Self.math("1 + 1").count
        }
        await #expect(throws: DashboardsError.self) { try await task.value }
    }

    @Test(arguments: [
        ("1 + 2 * 3", 7.0), ("(1 + 2) * 3", 9), ("2 ** 3 ** 2", 64), ("-2 ** 2", 4), ("7 % 4", 3),
        ("-7 % 4", -3), ("1 - 2 - 3", -4), ("8 / 2 / 2", 2), ("1 < 2 && 2 < 1", 0), ("0 || 3", 1), ("!5", 0),
        ("!0 == 1", 1), ("abs(-3)", 3), ("ceil(1.2) + floor(1.8)", 3), ("round(2.5)", 3), ("1e3 / 10", 100),
        ("is_nan(nan())", 1), ("is_inf(infn())", 1), ("is_null(null())", 1), ("is_number(inf())", 0),
        ("1 >= 1", 1), ("1 != 1", 0), (" 0x10 ", 16),
    ])
    func computesNumbers(_ text: String, _ want: Double) throws {
        #expect(try Self.math(text).first?.number == want)
    }

    @Test(arguments: [
        ("1 +", "ends too early"), ("$", "unexpected \"\""), ("foo(1)", "unexpected \"foo(1)\" at byte 1"),
        ("(1", "ends too early"), ("1 2", "unexpected \"2\" at byte 3"),
        (String(repeating: "(", count: 200) + "1", "nested too deep"),
        (String(repeating: "-", count: 5000) + "1", "nested too deep"),
    ])
    func refusesNonsense(_ text: String, _ want: String) {
        let error = #expect(throws: DashboardsError.self) { _ = try MathExpression(text) }
        #expect(error?.message.contains(want) == true || want == "unexpected \"\"", "\(error?.message ?? "")")
    }

    @Test func joinsByLabels() throws {
        let a = [
            Self.number(1, ["host": "a"]), Self.number(2, ["host": "b"]), Self.number(3, ["host": "c"]),
        ]
        let b = [Self.number(10, ["host": "b"]), Self.number(20, ["host": "a", "disk": "x"])]
        let joined = try Self.math("$A + ${B}", ["A": a, "B": b])
        #expect(joined.map(\.number) == [21, 12])
        #expect(joined.map(\.labels) == [["host": "a", "disk": "x"], ["host": "b"]])
        // Without labels in common nothing goes together, unless each side is alone.
        #expect(try Self.math("$A + $B", ["A": a, "B": [Self.number(1, ["x": "y"])]]).isEmpty)
        let alone = try Self.math(
            "$A + $B", ["A": [Self.number(1, ["host": "a"])], "B": [Self.number(2, ["x": "y"])]])
        #expect(alone.first?.number == 3 && alone.first?.labels == [:])
        #expect(try Self.math("$A + $B", ["A": a, "B": []]).isEmpty)
        // Missing values stay missing.
        #expect(try Self.math("$A > 1", ["A": [Self.number(nil)]]).first?.number == nil)
    }

    @Test func joinsSeriesByTime() throws {
        let sum = try Self.math(
            "$A * 2 + $B", ["A": [Self.series([1, 2, nil])], "B": [Self.series([10, 20])]])
        guard case .series(let points) = sum[0].kind else {
            Issue.record("want a series")
            return
        }
        #expect(points.map(\.value) == [12, 24])
    }

    @Test func joinsManyInTime() throws {
        let many = (0..<5000).map { Self.number(Double($0), ["host": "h\($0)", "job": "j"]) }
        let wide = (0..<5000).map { Self.number(1, ["host": "h\($0)"]) }
        #expect(try Self.math("$A + $B", ["A": many, "B": wide]).count == 5000)
        let error = #expect(throws: DashboardsError.self) {
            _ = try Self.math("$A + $B", ["A": many, "B": (0..<3).map { _ in Self.number(1) }])
        }
        #expect(error?.message.contains("more than 10000") == true)
    }

    @Test func reduces() {
        func reduced(_ kind: AlertReducer.Kind, _ mode: AlertReducer.Mode, _ values: [Double?]) -> Double? {
            AlertReducer(kind: kind, mode: mode).reduce(Self.series(values)).number
        }
        let plain: [Double?] = [3, 1, 2]
        #expect(reduced(.last, .strict, plain) == 2 && reduced(.mean, .strict, plain) == 2)
        #expect(reduced(.min, .strict, plain) == 1 && reduced(.max, .strict, plain) == 3)
        #expect(reduced(.sum, .strict, plain) == 6 && reduced(.count, .strict, plain) == 3)
        #expect(reduced(.median, .strict, [4, 1, 2, 3]) == 2.5)
        let spoilt: [Double?] = [1, nil, .nan, 3]
        for kind in [AlertReducer.Kind.mean, .min, .max, .sum] {
            #expect(reduced(kind, .strict, spoilt)?.isNaN == true, "\(kind)")
        }
        #expect(reduced(.sum, .drop, spoilt) == 4 && reduced(.count, .drop, spoilt) == 2)
        #expect(reduced(.sum, .replace(10), spoilt) == 24)
        #expect(reduced(.last, .drop, [nil, .nan]) == nil)
        #expect(reduced(.last, .replace(7), []) == 7)
    }

    @Test func comparesWithThresholds() throws {
        func holds(_ type: String, _ parameters: [JSONValue], _ value: Double) throws -> Bool {
            try AlertThreshold(["type": .string(type), "params": .array(parameters)], "here").holds(value)
        }
        #expect(try holds("gt", [3], 4) && !holds("gt", [3], 3))
        #expect(try holds("lt", [3], 2) && !holds("lt", [3], 3))
        #expect(try holds("within_range", [1, 5], 3) && !holds("within_range", [1, 5], 5))
        #expect(try holds("within_range", [5, 1], 3))
        #expect(try holds("outside_range", [1, 5], 6) && !holds("outside_range", [1, 5], 1))
        let error = #expect(throws: DashboardsError.self) { _ = try holds("within_range", [1], 3) }
        #expect(error?.message == "here: params: want 2 numbers, got 1")
    }

    @Test func thresholdsMayEndDifferently() throws {
        let expression = try AlertExpression(
            [
                "type": "threshold", "expression": "A",
                "conditions": [
                    [
                        "evaluator": ["type": "gt", "params": [80]],
                        "unloadEvaluator": ["type": "lt", "params": [60]],
                    ]
                ],
            ], "rule")
        let values = ["A": ExpressionValue([Self.number(70, ["host": "a"]), Self.number(70, ["host": "b"])])]
        let result = try expression.evaluate(values, range: 0...1, alerting: [["host": "b"]])
        #expect(result.items.map(\.number) == [0, 1])
    }

    @Test func classicConditionsGiveOneNumber() throws {
        func condition(_ type: String, _ limit: JSONValue, _ operation: String) -> JSONValue {
            [
                "type": "query", "query": ["params": ["A"]], "reducer": ["type": "avg"],
                "operator": ["type": .string(operation)],
                "evaluator": ["type": .string(type), "params": [limit]],
            ]
        }
        func result(_ conditions: [JSONValue], _ items: [Item]) throws -> Double? {
            let expression = try AlertExpression(
                ["type": "classic_conditions", "conditions": .array(conditions)], "rule")
            return try expression.evaluate(["A": ExpressionValue(items)], range: 0...1, alerting: []).items
                .first?
                .number
        }
        let items = [Self.series([1, 3], ["host": "a"]), Self.series([8, 10], ["host": "b"])]
        #expect(try result([condition("gt", 5, "and")], items) == 1)
        #expect(try result([condition("gt", 50, "and")], items) == 0)
        #expect(try result([condition("gt", 5, "and"), condition("gt", 50, "and")], items) == 0)
        #expect(try result([condition("gt", 5, "and"), condition("gt", 50, "or")], items) == 1)
        #expect(try result([condition("gt", 5, "and")], []) == nil)
        #expect(try result([condition("no_value", 0, "and")], []) == 1)
    }

    @Test func resamples() throws {
        let expression = try AlertExpression(
            [
                "type": "resample", "expression": "$A", "window": "2s", "downsampler": "mean",
                "upsampler": "pad",
            ], "rule")
        let items = try expression.evaluate(
            ["A": ExpressionValue([Self.series([1, 3, 5])])], range: 0...6000, alerting: []
        ).items
        guard case .series(let points) = items[0].kind else {
            Issue.record("want a series")
            return
        }
        #expect(points.map(\.value) == [1, 4, 5, 5])
    }
}
