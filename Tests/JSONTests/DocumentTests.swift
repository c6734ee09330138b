import JSON
import Testing

@Suite struct DocumentTests {
    @Test func keepsOrderNumbersAndUnknownMembers() throws {
        let text =
            #"{"z":1.50,"a":[1e6,-0,12345678901234567890],"é":"\u00e9\ud83d\ude00\n","n":null,"t":true}"#
        let value = try JSONValue.parse(text)
        #expect(value.text() == #"{"z":1.50,"a":[1e6,-0,12345678901234567890],"é":"é😀\n","n":null,"t":true}"#)
        #expect(value["a"]?[0]?.int == 1_000_000)
        #expect(value["a"]?[9] == nil)
        #expect(value["z"]?.double == 1.5)
    }

    @Test(arguments: [
        ("", 1, 1), ("{", 1, 2), ("[1,]", 1, 4), ("{\"a\" 1}", 1, 6), ("01", 1, 1), ("1 2", 1, 3),
        ("[\n  tru]", 2, 3), ("\"a\u{01}\"", 1, 3), ("\"\\x\"", 1, 4), ("-", 1, 1), ("[1.]", 1, 2),
    ])
    func namesThePlaceOfAnError(text: String, line: Int, column: Int) {
        let error = #expect(throws: JSONError.self) { try JSONValue.parse(text) }
        #expect(error?.line == line)
        #expect(error?.column == column)
    }

    @Test func boundsDepthAndSize() {
        let deep = String(repeating: "[", count: 1_000_000)
        #expect(throws: JSONError.self) { try JSONValue.parse(deep) }
        #expect(throws: JSONError.self) {
            try JSONValue.parse("[1,2,3]", limits: JSONLimits(bytes: 5))
        }
    }

    @Test func largeObjectsFindTheirMembers() {
        var object = JSONObject()
        for i in 0..<1000 { object["m\(i)"] = .number(i) }
        object["m500"] = nil
        #expect(object["m999"]?.int == 999)
        #expect(object["m500"] == nil)
        #expect(object.members.count == 999)
    }

    @Test func escapesWhatAPageCouldTrip() {
        #expect(JSONValue.string("</script>&\u{1}").text() == #""\u003c/script\u003e\u0026\u0001""#)
    }
}
