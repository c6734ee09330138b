import Hummingbird
import Logging
import NIOCore
import Testing

@testable import WebServer

@Suite struct FormTests {
    @Test func readsNamesAndValues() throws {
        let form = try FormValues(
            query: "query=up%7Bjob%3D%22a+b%22%7D&match[]=a&match%5B%5D=b&flag&empty=&&=x")
        #expect(form["query"] == "up{job=\"a b\"}")
        #expect(form.all("match[]") == ["a", "b"])
        #expect(form["flag"] == "")
        #expect(form["empty"] == "")
        #expect(form["none"] == nil)
        #expect(form[""] == "x")
    }

    @Test(arguments: ["a=%", "a=%2", "a=%zz", "%=1", "a=%ff", "a=%c3%28"])
    func refusesBadEscapes(query: String) {
        #expect {
            try FormValues(query: query)
        } throws: { error in
            (error as? WebServerError)?.kind == .malformedForm
        }
    }

    @Test func refusesTooManyParameters() {
        let query = String(repeating: "a=1&", count: FormValues.countMax + 1)
        #expect {
            try FormValues(query: query)
        } throws: { error in
            (error as? WebServerError)?.kind == .requestTooLarge
        }
    }

    @Test func pathElementsKeepThePlus() throws {
        #expect(try FormValues.decodePathElement("a+b%20c%2Fd") == "a+b c/d")
    }

    @Test func bodyComesBeforeTheQueryStringAndIsBounded() async throws {
        let router = Router(context: WebContext.self)
        router.add(middleware: PlainErrors())
        router.post("/form") { request, _ -> Response in
            let form = try await FormValues.read(request, bodyBytesMax: 100)
            return .text(form.all("a").joined(separator: ","))
        }
        let client = RouterClient(router, logger: Logger(label: "test"))
        #expect(try await client.post("/form?a=3", form: "a=1&a=2").text == "1,2,3")
        let other = try await client.send(
            .post, "/form?a=3", headers: [.contentType: "text/plain"], body: ByteBuffer(string: "a=1"))
        #expect(other.text == "3")
        let large = try await client.post("/form", form: "a=" + String(repeating: "x", count: 100))
        #expect(large.status == .contentTooLarge)
        let bad = try await client.post("/form", form: "a=%1")
        #expect(bad.status == .badRequest)
        #expect(bad.text == "error parsing form values: invalid URL escape \"%1\"\n")
    }
}
