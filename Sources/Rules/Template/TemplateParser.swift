/// Reads the template language of Go's `text/template`, as far as rules and consoles use it.
struct TemplateParser {
    private let source: [Character]
    private var position = 0
    private var trimsNext = false
    private var depth = 0
    private(set) var definitions: [String: [TemplateNode]] = [:]

    private static let depthMax = 100

    /// - Throws: `template`.
    static func parse(_ text: String) throws(RulesError) -> (
        body: [TemplateNode], definitions: [String: [TemplateNode]]
    ) {
        var parser = TemplateParser(source: Array(text))
        let (body, end) = try parser.nodes()
        guard end == nil else { throw parser.error("unexpected {{\(end ?? "")}}") }
        return (body, parser.definitions)
    }

    private init(source: [Character]) {
        self.source = source
    }

    // MARK: - Text and actions

    /// Nodes up to the end of the text or to an action `end` or `else`, which is returned.
    private mutating func nodes() throws(RulesError) -> ([TemplateNode], String?) {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.depthMax else { throw error("nested too deeply") }
        var result: [TemplateNode] = []
        while position < source.count {
            let start = position
            while position < source.count, !(source[position] == "{" && peek(1) == "{") { position += 1 }
            var text = source[start..<position]
            if trimsNext { text = text.drop { $0.isWhitespace } }
            trimsNext = false
            let isAction = position < source.count
            if isAction, peek(2) == "-", peek(3)?.isWhitespace == true {
                while text.last?.isWhitespace == true { text.removeLast() }
            }
            if !text.isEmpty { result.append(.text(String(text))) }
            guard isAction else { break }
            position += 2
            if peek() == "-", peek(1)?.isWhitespace == true { position += 1 }
            skipSpace()
            if peek() == "/", peek(1) == "*" {
                while position < source.count, !(source[position] == "*" && peek(1) == "/") { position += 1 }
                position += 2
                try close()
                continue
            }
            if let end = try action(&result) { return (result, end) }
        }
        return (result, nil)
    }

    /// One action; returns its keyword when it ends the surrounding nodes.
    private mutating func action(_ result: inout [TemplateNode]) throws(RulesError) -> String? {
        let start = position
        let word = name()
        switch word {
        case "end":
            try close()
            return "end"
        case "else": return "else"
        case "if":
            let (condition, then, otherwise) = try block()
            result.append(.branch(condition, then: then, otherwise: otherwise))
        case "with":
            let (condition, then, otherwise) = try block()
            result.append(.with(condition, then: then, otherwise: otherwise))
        case "range":
            let (condition, then, otherwise) = try block()
            result.append(.range(condition, body: then, otherwise: otherwise))
        case "break":
            try close()
            result.append(.leaveLoop)
        case "continue":
            try close()
            result.append(.nextTurn)
        case "define", "block":
            skipSpace()
            guard case .value(.string(let title)) = try operand() else {
                throw error("\(word) needs a name in quotes")
            }
            var argument: TemplatePipeline?
            if word == "block" { argument = try pipeline() }
            try close()
            let (body, end) = try nodes()
            guard end == "end" else { throw error("\(word) without {{end}}") }
            definitions[title] = body
            if word == "block" { result.append(.call(name: title, argument)) }
        case "template":
            skipSpace()
            guard case .value(.string(let title)) = try operand() else {
                throw error("template needs a name in quotes")
            }
            skipSpace()
            let argument = isAtClose ? nil : try pipeline()
            try close()
            result.append(.call(name: title, argument))
        default:
            position = start
            let output = try pipeline()
            try close()
            result.append(.output(output))
        }
        return nil
    }

    /// What stands between a keyword and its `end`.
    private mutating func block() throws(RulesError) -> (TemplatePipeline, [TemplateNode], [TemplateNode]) {
        let condition = try pipeline()
        try close()
        let (then, end) = try nodes()
        guard let end else { throw error("a block without {{end}}") }
        if end == "end" { return (condition, then, []) }
        skipSpace()
        if !isAtClose {
            // `else if` and `else with` are blocks of their own that end together with this one.
            let word = name()
            let (inner, innerThen, innerOtherwise) = try block()
            switch word {
            case "if": return (condition, then, [.branch(inner, then: innerThen, otherwise: innerOtherwise)])
            case "with": return (condition, then, [.with(inner, then: innerThen, otherwise: innerOtherwise)])
            default: throw error("unexpected \(word) behind else")
            }
        }
        try close()
        let (otherwise, last) = try nodes()
        guard last == "end" else { throw error("a block without {{end}}") }
        return (condition, then, otherwise)
    }

    // MARK: - Pipelines

    private mutating func pipeline() throws(RulesError) -> TemplatePipeline {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.depthMax else { throw error("nested too deeply") }
        var result = TemplatePipeline(commands: [])
        let start = position
        var names: [String] = []
        skipSpace()
        while peek() == "$" {
            position += 1
            names.append(name())
            skipSpace()
            if peek() == "," {
                position += 1
                skipSpace()
                continue
            }
            break
        }
        if !names.isEmpty, peek() == ":" || peek() == "=", peek() == "=" || peek(1) == "=" {
            result.declares = peek() == ":"
            position += result.declares ? 2 : 1
            result.variables = names
        } else {
            position = start
        }
        while true {
            var command: [TemplateOperand] = []
            skipSpace()
            while !isAtClose, peek() != "|", peek() != ")" {
                command.append(try operand())
                skipSpace()
            }
            guard !command.isEmpty else { throw error("a command is missing") }
            result.commands.append(command)
            guard peek() == "|" else { return result }
            position += 1
        }
    }

    private mutating func operand() throws(RulesError) -> TemplateOperand {
        guard let first = peek() else { throw error("unexpected end") }
        var result: TemplateOperand
        switch first {
        case "\"": result = .value(.string(try quoted()))
        case "`":
            position += 1
            let start = position
            while let next = peek(), next != "`" { _ = next; position += 1 }
            result = .value(.string(String(source[start..<min(position, source.count)])))
            guard peek() == "`" else { throw error("a text does not end") }
            position += 1
        case "(":
            position += 1
            let inner = try pipeline()
            skipSpace()
            guard peek() == ")" else { throw error("want )") }
            position += 1
            result = .pipeline(inner)
        case "$":
            position += 1
            result = .variable(name())
        case ".":
            result = .dot
            if let next = peek(1), next.isLetter || next == "_" {
                position += 1
                result = .field(of: .dot, name())
            } else {
                position += 1
            }
        case "-", "+", "0"..."9": result = .value(try number())
        default:
            let word = name()
            switch word {
            case "": throw error("unexpected \(first)")
            case "true", "false": result = .value(.bool(word == "true"))
            case "nil": result = .value(.none)
            default: result = .function(word)
            }
        }
        while peek() == ".", let next = peek(1), next.isLetter || next == "_" {
            position += 1
            result = .field(of: result, name())
        }
        return result
    }

    private mutating func quoted() throws(RulesError) -> String {
        position += 1
        var result = ""
        while let next = peek() {
            position += 1
            switch next {
            case "\"": return result
            case "\n": throw error("a text does not end")
            case "\\":
                guard let escaped = peek() else { throw error("a text does not end") }
                position += 1
                switch escaped {
                case "n": result += "\n"
                case "t": result += "\t"
                case "r": result += "\r"
                case "\\", "\"", "'": result.append(escaped)
                case "x", "u", "U":
                    let count = escaped == "x" ? 2 : escaped == "u" ? 4 : 8
                    let digits = String(source[position..<min(position + count, source.count)])
                    guard digits.count == count, let code = UInt32(digits, radix: 16),
                        let scalar = Unicode.Scalar(code)
                    else { throw error("a bad escape in a text") }
                    result.unicodeScalars.append(scalar)
                    position += count
                default: throw error("a bad escape in a text")
                }
            default: result.append(next)
            }
        }
        throw error("a text does not end")
    }

    private mutating func number() throws(RulesError) -> TemplateValue {
        let start = position
        while let next = peek(), next.isLetter || next.isNumber || next == "." || next == "-" || next == "+" {
            position += 1
        }
        let text = String(source[start..<position])
        if let value = Int64(text) { return .int(value) }
        if text.hasPrefix("0x"), let value = Int64(text.dropFirst(2), radix: 16) { return .int(value) }
        if let value = Double(text) { return .float(value) }
        throw error("cannot read the number \(text)")
    }

    private mutating func name() -> String {
        let start = position
        while let next = peek(), next.isLetter || next.isNumber || next == "_" { position += 1 }
        return String(source[start..<position])
    }

    // MARK: - Characters

    private func peek(_ distance: Int = 0) -> Character? {
        position + distance < source.count ? source[position + distance] : nil
    }

    private mutating func skipSpace() {
        while peek()?.isWhitespace == true, !isAtTrimmingClose { position += 1 }
    }

    private var isAtTrimmingClose: Bool {
        peek()?.isWhitespace == true && peek(1) == "-" && peek(2) == "}" && peek(3) == "}"
    }

    private var isAtClose: Bool { (peek() == "}" && peek(1) == "}") || isAtTrimmingClose }

    private mutating func close() throws(RulesError) {
        skipSpace()
        if isAtTrimmingClose {
            position += 4
            trimsNext = true
        } else if peek() == "}", peek(1) == "}" {
            position += 2
        } else {
            throw error("want }}")
        }
    }

    private func error(_ message: String) -> RulesError {
        let line = source.prefix(position).count { $0.isNewline } + 1
        return RulesError(.template, "template line \(line): \(message)")
    }
}
