public import MetricModel

extension Expression {
    /// The expression with a matcher in every selector: in place of those for the same label, or added.
    public func settingMatcher(_ matcher: LabelMatcher) -> Expression {
        mappingSelectors { selector in
            var selector = selector
            if selector.matchers.contains(where: { $0.name == matcher.name }) {
                selector.matchers = selector.matchers.map { $0.name == matcher.name ? matcher : $0 }
                if matcher.name == Labels.metricNameLabel { selector.name = nil }
            } else {
                selector.matchers.append(matcher)
            }
            return selector
        }
    }

    /// The expression without the matchers for a label.
    public func removingMatchers(for label: String) -> Expression {
        mappingSelectors { selector in
            var selector = selector
            selector.matchers.removeAll { $0.name == label }
            if label == Labels.metricNameLabel { selector.name = nil }
            return selector
        }
    }

    /// The matchers of each selector, in order of appearance.
    public var selectors: [VectorSelector] {
        var result: [VectorSelector] = []
        _ = mappingSelectors {
            result.append($0)
            return $0
        }
        return result
    }

    /// The expression with each selector changed.
    public func mappingSelectors(_ change: (VectorSelector) -> VectorSelector) -> Expression {
        switch self {
        case .number, .string: return self
        case .selector(let selector): return .selector(change(selector))
        case .range(var node):
            node.selector = change(node.selector)
            return .range(node)
        case .subquery(var node):
            node.inner = node.inner.mappingSelectors(change)
            return .subquery(node)
        case .call(var node):
            node.arguments = node.arguments.map { $0.mappingSelectors(change) }
            return .call(node)
        case .aggregate(var node):
            node.parameter = node.parameter?.mappingSelectors(change)
            node.operand = node.operand.mappingSelectors(change)
            return .aggregate(node)
        case .binary(var node):
            node.left = node.left.mappingSelectors(change)
            node.right = node.right.mappingSelectors(change)
            return .binary(node)
        case .unary(var node):
            node.operand = node.operand.mappingSelectors(change)
            return .unary(node)
        case .parentheses(var node):
            node.inner = node.inner.mappingSelectors(change)
            return .parentheses(node)
        }
    }
}
