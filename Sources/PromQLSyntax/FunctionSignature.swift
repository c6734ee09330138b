/// What the parser knows of a function: name, types, and whether it is experimental.
public struct FunctionSignature: Sendable, Equatable {
    public let name: String
    public let arguments: [ValueType]
    /// 0: exactly `arguments`; n > 0: the last n of `arguments` are optional; -1: the last may be
    /// repeated or left out.
    public let variadic: Int
    public let returns: ValueType
    public let isExperimental: Bool

    public init(
        _ name: String, _ arguments: [ValueType], variadic: Int = 0, returns: ValueType = .vector,
        isExperimental: Bool = false
    ) {
        self.name = name
        self.arguments = arguments
        self.variadic = variadic
        self.returns = returns
        self.isExperimental = isExperimental
    }
}
