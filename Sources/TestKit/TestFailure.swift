/// What a test could not do or did not see; a failure of the test.
public struct TestFailure: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}

/// Asks again and again until there is an answer.
///
/// - Parameters:
///   - seconds: after which it gives up. Generous: machines are slow when they are busy.
///   - what: named when it gives up.
/// - Throws: ``TestFailure`` at the deadline, with the last error of `body`; errors before it only mean
///   "not yet".
@discardableResult
public func eventually<Value>(
    within seconds: Double = 60, _ what: @autoclosure () -> String, _ body: () async throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now.advanced(by: .seconds(seconds))
    var lastError: (any Error)?
    while true {
        do {
            lastError = nil
            if let value = try await body() { return value }
        } catch {
            lastError = error
        }
        guard ContinuousClock.now < deadline else {
            throw TestFailure(
                "waited \(seconds) s in vain for \(what())" + (lastError.map { ": \($0)" } ?? ""))
        }
        try await Task.sleep(for: .milliseconds(50))
    }
}
