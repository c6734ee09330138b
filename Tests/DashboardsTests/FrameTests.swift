import Dashboards
import JSON
import Testing

@Suite struct FrameTests {
    private func frames(
        _ answer: String, legend: String = "", format: PanelQuery.Format = .timeSeries,
        isOnlyTable: Bool = true
    ) throws -> JSONValue {
        var query = PanelQuery(refID: "A", expression: "x + 1")
        query.legend = legend
        query.format = format
        var output = Array("{".utf8)
        FrameWriter.write(
            try PrometheusAnswer(Array(answer.utf8)), query: query, refID: "A", expression: "x + 1",
            step: 15_000, isOnlyTable: isOnlyTable, to: &output)
        output.append(UInt8(ascii: "}"))
        return try #require(try JSONValue.parse(output)["A"]?["frames"])
    }

    private static let two =
        #"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"m","b":"2","a":"x\"y"},"values":[[1,"1"],[2,"1e-7"]]},{"metric":{"__name__":"m","b":"3","a":"1"},"values":[[1,"-0.5"]]}]}}"#

    @Test(arguments: [
        ("", #"m{a="x"y", b="2"}"#), ("{{b}}", "2"), ("{{ b }}-{{missing}}!", "2-!"),
        ("plain", "plain"), ("{{b", "{{b"), ("__auto", #"m{a="x"y", b="2"}"#),
    ])
    func namesSeries(format: String, name: String) throws {
        let frames = try frames(FrameTests.two, legend: format)
        #expect(frames[0]?["schema"]?["fields"]?[1]?["config"]?["displayNameFromDS"]?.string == name)
        #expect(frames[0]?["data"]?.text() == #"{"values":[[1000,2000],[1,1e-07]]}"#)
        #expect(frames[1]?["data"]?["values"]?[1]?[0]?.double == -0.5)
    }

    @Test func namesSeriesByTheirOnlyLabel() throws {
        let answer =
            #"{"status":"success","data":{"resultType":"vector","result":[{"metric":{"job":"a"},"value":[1,"1"]},{"metric":{"job":"b"},"value":[1,"1"]}]}}"#
        let auto = try frames(answer, legend: "__auto")
        #expect(auto[1]?["schema"]?["fields"]?[1]?["config"]?["displayNameFromDS"]?.string == "b")
        #expect(auto[1]?["schema"]?["meta"]?["type"]?.string == "numeric-multi")
        let none = try frames(
            #"{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"1"]}]}}"#)
        #expect(none[0]?["schema"]?["name"]?.string == "x + 1")
    }

    @Test func writesATable() throws {
        let frames = try frames(FrameTests.two, format: .table, isOnlyTable: false)
        let names = frames[0]?["schema"]?["fields"]?.array?.compactMap { $0["name"]?.string }
        #expect(names == ["Time", "__name__", "a", "b", "Value #A"])
        #expect(
            frames[0]?["data"]?["values"]?.text()
                == #"[[1000,2000,1000],["m","m","m"],["x\"y","x\"y","1"],["2","2","3"],[1,1e-07,-0.5]]"#)
    }

    @Test func writesBucketsWithoutTheirLowerNeighbours() throws {
        let answer =
            #"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"le":"+Inf"},"values":[[1,"9"],[2,"9"]]},{"metric":{"le":"0.5"},"values":[[1,"2"]]},{"metric":{"le":"10"},"values":[[1,"7"],[2,"9"]]}]}}"#
        let frames = try frames(answer, format: .heatmap)
        let names = frames[0]?["schema"]?["fields"]?.array?.compactMap { $0["name"]?.string }
        #expect(names == ["Time", "0.5", "10", "+Inf"])
        #expect(frames[0]?["data"]?["values"]?.text() == "[[1000,2000],[2,null],[5,9],[2,0]]")
    }

    @Test func tellsWarnings() throws {
        let answer =
            #"{"status":"success","warnings":["w"],"infos":["i"],"data":{"resultType":"matrix","result":[]}}"#
        let frames = try frames(answer)
        #expect(
            frames[0]?["schema"]?["meta"]?["notices"]?.text()
                == #"[{"severity":"warning","text":"w"},{"severity":"info","text":"i"}]"#)
        #expect(frames[0]?["data"]?["values"]?.array == [])
    }

    @Test(arguments: [
        "", "{", "[]", "null", "<html>", #"{"status":"success""#,
        #"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":1}}]}}"#,
        #"{"status":"success","data":{"resultType":"matrix","result":[{"values":[[1e400,"1"]]}]}}"#,
        #"{"status":"success","data":{"resultType":"vector","result":[{"value":[1,2]}]}}"#,
        #"{"status":"success","data":{"resultType":"vector","result":[{"value":[1,"\"#,
        #"{"a":"# + String(repeating: "[", count: 100_000),
    ])
    func refusesWhatIsNoAnswer(body: String) {
        #expect(throws: DashboardsError.self) { try PrometheusAnswer(Array(body.utf8)) }
    }

    @Test func passesOverWhatItDoesNotKnow() throws {
        let deep = String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)
        let answer = try PrometheusAnswer(
            Array(
                #"{"x":\#(deep),"status":"success","data":{"stats":{"a":[1,{"b":null}]},"resultType":"scalar","result":[1.5,"3"]}}"#
                    .utf8))
        #expect(answer.resultType == .scalar)
    }
}
