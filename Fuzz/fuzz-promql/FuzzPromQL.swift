import JSON
import PromQLSyntax

/// Any bytes as a query: an expression, which its own text gives again, or an error with a place inside of the query.
func fuzzPromQL(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    let expression: Expression
    do {
        expression = try Expression.parse(text, options: .all)
    } catch {
        precondition(
            error.range.upperBound <= text.utf8.count,
            "the place \(error.range) is outside of \(text.utf8.count) bytes")
        precondition(error.line >= 1 && error.column >= 1)
        precondition(error.message.utf8.count < 2000, "the message carries the query along")
        return 0
    }
    let printed = expression.description
    // Printing may make a text longer than may be read.
    guard printed.utf8.count < Expression.textLengthMax else { return 0 }
    do {
        let again = try Expression.parse(printed, options: .all)
        precondition(again.description == printed, "printed \(printed), then \(again.description)")
    } catch { preconditionFailure("printed \(printed), which does not parse: \(error)") }
    do {
        let laidOut = try Expression.parse(expression.formatted, options: .all)
        precondition(
            laidOut.description == printed,
            "laid out \(expression.formatted), which is \(laidOut.description)")
    } catch { preconditionFailure("laid out \(expression.formatted), which does not parse: \(error)") }
    precondition(!expression.json.bytes().isEmpty)
    for selector in expression.selectors { precondition(selector.source.upperBound <= text.utf8.count) }
    return 0
}
