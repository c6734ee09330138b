/// Reads formulas of ``MathExpression``.
struct MathParser {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0
    private(set) var variables: [String] = []

    private static let bytesMax = 10_000
    private static let depthMax = 100

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// - Throws: `invalidInput`.
    mutating func parse() throws(DashboardsError) -> MathExpression.Node {
        guard bytes.count <= MathParser.bytesMax else {
            throw DashboardsError(.invalidInput, "a formula is at most \(MathParser.bytesMax) bytes long")
        }
        let node = try binary(1)
        skipSpace()
        guard position == bytes.count else { throw unexpected() }
        return node
    }

    private func unexpected() -> DashboardsError {
        guard position < bytes.count else {
            return DashboardsError(.invalidInput, "the formula ends too early")
        }
        let rest = String(decoding: bytes[position...].prefix(20), as: UTF8.self)
        return DashboardsError(.invalidInput, "unexpected \"\(rest)\" at byte \(position + 1) of the formula")
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    private mutating func take(_ text: String) -> Bool {
        skipSpace()
        guard bytes[position...].starts(with: text.utf8) else { return false }
        position += text.utf8.count
        return true
    }

    /// The longer ones first, of those that begin alike.
    private static let operators: [MathExpression.Operator] = [
        .or, .and, .equal, .notEqual, .greaterOrEqual, .lessOrEqual, .power, .greater, .less, .add, .subtract,
        .multiply, .divide, .remainder,
    ]

    private mutating func nextOperator(atLeast rank: Int) -> MathExpression.Operator? {
        skipSpace()
        for operation in MathParser.operators where bytes[position...].starts(with: operation.rawValue.utf8) {
            guard operation.rank >= rank else { return nil }
            position += operation.rawValue.utf8.count
            return operation
        }
        return nil
    }

    private mutating func binary(_ rank: Int) throws(DashboardsError) -> MathExpression.Node {
        depth += 1
        defer { depth -= 1 }
        guard depth < MathParser.depthMax else {
            throw DashboardsError(.invalidInput, "the formula is nested too deep")
        }
        var left = try unary()
        while let operation = nextOperator(atLeast: rank) {
            let right = try binary(operation.rank + 1)
            left = .binary(operation, left, right)
        }
        return left
    }

    private mutating func unary() throws(DashboardsError) -> MathExpression.Node {
        depth += 1
        defer { depth -= 1 }
        guard depth < MathParser.depthMax else {
            throw DashboardsError(.invalidInput, "the formula is nested too deep")
        }
        if take("!") { return .not(try unary()) }
        if take("-") { return .negate(try unary()) }
        if take("(") {
            let inner = try binary(1)
            guard take(")") else { throw unexpected() }
            return inner
        }
        skipSpace()
        guard position < bytes.count else { throw unexpected() }
        switch bytes[position] {
        case UInt8(ascii: "$"): return try variable()
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."): return try number()
        default: return try call()
        }
    }

    private mutating func variable() throws(DashboardsError) -> MathExpression.Node {
        position += 1
        let name: String
        if position < bytes.count, bytes[position] == UInt8(ascii: "{") {
            guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "}")) else { throw unexpected() }
            name = String(decoding: bytes[(position + 1)..<end], as: UTF8.self)
            position = end + 1
        } else {
            name = word()
        }
        guard !name.isEmpty else { throw unexpected() }
        if !variables.contains(name) { variables.append(name) }
        return .variable(name)
    }

    private mutating func word() -> String {
        let start = position
        while position < bytes.count,
            bytes[position] == UInt8(ascii: "_") || Character(UnicodeScalar(bytes[position])).isLetter
                || Character(UnicodeScalar(bytes[position])).isNumber
        {
            position += 1
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func number() throws(DashboardsError) -> MathExpression.Node {
        let start = position
        var before: UInt8 = 0
        while position < bytes.count {
            let byte = bytes[position]
            let isExponent = before == UInt8(ascii: "e") || before == UInt8(ascii: "E")
            let isSign = byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
            guard
                byte == UInt8(ascii: ".") || Character(UnicodeScalar(byte)).isHexDigit
                    || byte == UInt8(ascii: "x") || (isSign && isExponent)
            else { break }
            before = byte
            position += 1
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let value = Double(text) else {
            position = start
            throw unexpected()
        }
        return .number(value)
    }

    private mutating func call() throws(DashboardsError) -> MathExpression.Node {
        let start = position
        guard let function = MathExpression.Function(rawValue: word()), take("(") else {
            position = start
            throw unexpected()
        }
        let argument = function.isConstant ? nil : try binary(1)
        guard take(")") else { throw unexpected() }
        return .call(function, argument)
    }
}
