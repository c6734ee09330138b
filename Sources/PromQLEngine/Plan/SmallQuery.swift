import MetricModel
import StorageAPI

/// What makes a query small: its text is short, it has no function whose cost its input does not tell, and the samples
/// that it reads and the values that it computes are few and in memory.
///
/// A value costs some 20 ns, a sample 5: the most that is let through takes some 0.2 ms.
public enum SmallQuery {
    /// Also bounds the depth, and so the stack.
    private static let textBytesMax = 512
    /// Values and samples together.
    static let workMax = 8192
    private static let seriesMax = 256

    /// Whether it is worth while to parse the text for that. Without compiling patterns, which takes too long: see
    /// `ParserOptions.compilesPatterns`.
    public static func mayBe(_ text: String) -> Bool { text.utf8.count <= textBytesMax }

    static func includes(_ plan: Plan, _ steps: Steps, lookback: Int64, _ querier: any Querier) -> Bool {
        guard plan.costFollowsFromInput else { return false }
        var work = steps.count
        plan.visitSelectors(steps, lookback: lookback) { selector, start, end, stepCount in
            guard work <= workMax else { return }
            guard
                let size = querier.sizeInMemory(
                    of: selector.matchers, hints: SelectHints(start: start, end: end), seriesMax: seriesMax)
            else {
                work = .max
                return
            }
            // Neither factor is far above what is let through, so that the product fits.
            work += stepCount <= workMax ? size.seriesCount * stepCount + size.sampleCount : workMax + 1
        }
        return work <= workMax
    }
}

extension Plan {
    /// Whether the work is a small multiple of the selected samples and the steps: not for functions that make texts
    /// longer and longer, compile patterns, or select more series by themselves; nor for subqueries, which have steps of
    /// their own.
    fileprivate var costFollowsFromInput: Bool {
        switch self {
        case .number, .string, .selector, .window: true
        case .subquery: false
        case .call(let call):
            !["label_replace", "label_join", "info"].contains(call.name)
                && call.arguments.allSatisfy(\.costFollowsFromInput)
        case .aggregate(let aggregate):
            aggregate.operand.costFollowsFromInput && aggregate.parameter?.costFollowsFromInput ?? true
        case .binary(let binary): binary.left.costFollowsFromInput && binary.right.costFollowsFromInput
        case .negation(let inner), .invariant(let inner): inner.costFollowsFromInput
        case .shared(let shared): shared.inner.costFollowsFromInput
        }
    }
}
