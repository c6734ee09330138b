import Exposition
import JSON
import MetricModel
import TestKit
import Testing

/// Reads a whole body as a scraper would; throws at the first fault.
func readAll(_ body: [UInt8], _ format: ExpositionFormat) throws -> Int {
    try body.withUnsafeBufferPointer { bytes in
        var parser = ExpositionParser(bytes, format: format)
        var count = 0
        var type: MetricType?
        while let entry = try parser.next() {
            switch entry {
            case .sample(let sample):
                _ = try SeriesText.decode(
                    UnsafeBufferPointer(rebasing: bytes[sample.series]), type: type, line: parser.line)
                count += 1
            case .type(_, let newType): type = newType
            default: break
            }
        }
        return count
    }
}

@Suite struct ConformanceTests {
    @Test(.enabled(if: SharedFolders.conformance != nil))
    func readsEveryGoodOpenMetricsBody() throws {
        let folder = try #require(SharedFolders.conformance) + "/openmetrics"
        var good = 0
        for name in SharedFolders.list(folder) {
            let test = try JSONValue.parse(try #require(SharedFolders.read("\(folder)/\(name)/test.json")))
            let body = try #require(SharedFolders.read("\(folder)/\(name)/metrics"))
            guard test["shouldParse"]?.bool == true else {
                // Prometheus reads many of these; what matters is that none does harm.
                _ = try? readAll(body, .openMetrics)
                continue
            }
            good += 1
            #expect(throws: Never.self, "\(name)") { try readAll(body, .openMetrics) }
        }
        #expect(good >= 30)
    }

    @Test(.enabled(if: SharedFolders.conformance != nil))
    func readsRealBodies() throws {
        let folder = try #require(SharedFolders.conformance) + "/exposition"
        for name in SharedFolders.list(folder) where !name.hasSuffix(".md") {
            let body = try #require(SharedFolders.read("\(folder)/\(name)"))
            let format: ExpositionFormat = name.hasSuffix(".om.txt") ? .openMetrics : .text
            #expect(throws: Never.self, "\(name)") { try readAll(body, format) }
        }
    }
}
