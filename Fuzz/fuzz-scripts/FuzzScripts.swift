import QueryScripts

/// Any bytes as a test script and as a series of one: read or refused with a line that the text has.
func fuzzScripts(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    do {
        _ = try QueryScript(text)
    } catch {
        precondition(
            error.line >= 0 && error.line <= text.utf8.count { $0 == UInt8(ascii: "\n") } + 1,
            "line \(error.line)")
    }
    var series = InputSeries(from: 0, interval: 60_000)
    try? series.add("m", values: text)
    if let histogram = try? SeriesText.histogram(text) {
        let written = SeriesText.text(of: histogram)
        do {
            let again = try SeriesText.histogram(written)
            precondition(
                SeriesText.text(of: again) == written, "wrote \(written), then \(SeriesText.text(of: again))")
        } catch { preconditionFailure("wrote \(written), which cannot be read: \(error)") }
    }
    _ = try? SeriesText.labels(text)
    return 0
}
