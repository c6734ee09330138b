import Exposition
import JSON
import MetricModel

/// The first byte chooses a reader of what comes over the network or from files: the exposition formats and JSON.
func fuzzText(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let bytes, count > 1 else { return 0 }
    let content = UnsafeBufferPointer(start: bytes + 1, count: count - 1)
    switch bytes[0] % 4 {
    case 0: _ = readLines(content, .text)
    case 1:
        let sampleCount = readLines(content, .openMetrics)
        if let created = CreatedLines(content) {
            precondition(created.starts.count <= sampleCount && created.text.count < content.count)
            created.text.withUnsafeBufferPointer { text in
                precondition(readLines(text, .openMetrics) < sampleCount, "no line was taken out")
            }
        }
    case 2:
        var options = ProtobufBody.Options()
        options.alwaysReadsClassic = bytes[0] & 4 != 0
        options.readsNativeHistograms = bytes[0] & 8 != 0
        options.textBytesMax = 1 << 20
        options.readsStartTimestamps = bytes[0] & 16 != 0
        if let body = try? ProtobufBody(UnsafeRawBufferPointer(content), options: options) {
            precondition(body.text.count <= 1 << 20)
            _ = body.text.withUnsafeBufferPointer { readLines($0, .text) }
            precondition(body.starts.count <= body.text.count)
        }
    default:
        if let value = try? JSONValue.parse(Array(content)) {
            let text = value.bytes()
            guard let again = try? JSONValue.parse(text) else {
                preconditionFailure("what was written does not parse")
            }
            precondition(again.bytes() == text, "what was written is read as another value")
        }
    }
    return 0
}

/// Returns how many samples it read.
private func readLines(_ content: UnsafeBufferPointer<UInt8>, _ format: ExpositionFormat) -> Int {
    var sampleCount = 0
    var parser = ExpositionParser(content, format: format)
    var type: MetricType?
    while let entry = try? parser.next() {
        switch entry {
        case .sample(let sample):
            sampleCount += 1
            let text = UnsafeBufferPointer(rebasing: content[sample.series])
            _ = try? SeriesText.decode(text, type: type).labels()
        case .type(let name, let new):
            precondition(name.upperBound <= content.count)
            type = new
        case .help, .unit: break
        }
    }
    return sampleCount
}
