import MetricModel

/// Carries a template out.
struct TemplateRun {
    enum Flow {
        case normal, leaveLoop, nextTurn
    }

    let definitions: [String: [TemplateNode]]
    let surroundings: Template.Surroundings
    /// The innermost at the end; the one without a name is `$`.
    var variables: [(name: String, value: TemplateValue)] = []
    private(set) var output = ""
    private var depth = 0
    private var nesting = 0
    private var steps = 0
    /// Bytes that functions were given and gave.
    private var work = 0

    // Bounds for templates that do not end or that flood the memory or the stack: people write them that may
    // do little else.
    private static let nestingMax = 500
    private static let rangeMax: Int64 = 100_000

    init(definitions: [String: [TemplateNode]], surroundings: Template.Surroundings) {
        self.definitions = definitions
        self.surroundings = surroundings
    }

    /// - Throws: `template` when a bound is passed.
    private mutating func spend(_ bytes: Int) throws(RulesError) {
        work += bytes
        guard steps < surroundings.bounds.steps, work <= surroundings.bounds.work,
            output.utf8.count < surroundings.bounds.output
        else { throw RulesError(.template, "the template does too much") }
        try surroundings.checkTime()
    }

    mutating func run(_ nodes: [TemplateNode], _ dot: TemplateValue) throws(RulesError) -> Flow {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting < Self.nestingMax else { throw RulesError(.template, "nested too deeply") }
        for node in nodes {
            steps += 1
            try spend(0)
            switch node {
            case .text(let text): output += text
            case .output(let pipeline):
                let value = try evaluate(pipeline, dot)
                if pipeline.variables.isEmpty {
                    try spend(value.weight(surroundings.bounds.output))
                    output += value.text
                }
            case .branch(let condition, let then, let otherwise):
                let scope = variables.count
                defer { variables.removeLast(variables.count - scope) }
                let flow = try run(try evaluate(condition, dot).isTrue ? then : otherwise, dot)
                if flow != .normal { return flow }
            case .with(let condition, let then, let otherwise):
                let scope = variables.count
                defer { variables.removeLast(variables.count - scope) }
                let value = try evaluate(condition, dot)
                let flow = try value.isTrue ? run(then, value) : run(otherwise, dot)
                if flow != .normal { return flow }
            case .range(let pipeline, let body, let otherwise): try loop(pipeline, body, otherwise, dot)
            case .call(let name, let argument):
                guard let definition = definitions[name] else {
                    throw RulesError(.template, "template \(LabelText.quoted(name)) is not defined")
                }
                let value: TemplateValue = if let argument { try evaluate(argument, dot) } else { .none }
                try call(definition, value)
            case .leaveLoop: return .leaveLoop
            case .nextTurn: return .nextTurn
            }
        }
        return .normal
    }

    private mutating func call(_ definition: [TemplateNode], _ dot: TemplateValue) throws(RulesError) {
        guard depth < 50 else { throw RulesError(.template, "templates call each other without end") }
        depth += 1
        defer { depth -= 1 }
        let outer = variables
        variables = [("", dot)]
        defer { variables = outer }
        _ = try run(definition, dot)
    }

    private mutating func loop(
        _ pipeline: TemplatePipeline, _ body: [TemplateNode], _ otherwise: [TemplateNode],
        _ dot: TemplateValue
    ) throws(RulesError) {
        var source = pipeline
        source.variables = []
        let items: [(TemplateValue, TemplateValue)]
        switch try evaluate(source, dot) {
        case .list(let list): items = list.enumerated().map { (.int(Int64($0)), $1) }
        case .map(let map, _): items = map.sorted { $0.key < $1.key }.map { (.string($0.key), $0.value) }
        case .texts(let texts):
            items = texts.sorted { $0.key < $1.key }.map { (.string($0.key), .string($0.value)) }
        case .pairs(let pairs): items = pairs.enumerated().map { (.int(Int64($0)), $1.member) }
        case .int(let count):
            guard count <= Self.rangeMax else {
                throw RulesError(.template, "cannot range over more than \(Self.rangeMax) numbers")
            }
            // Nested ones hold theirs at the same time.
            try spend(Int(max(0, count)) * 16)
            items = (0..<max(0, count)).map { (.int($0), .int($0)) }
        case .none: items = []
        case let value: throw RulesError(.template, "cannot range over \(value.text)")
        }
        if items.isEmpty {
            _ = try run(otherwise, dot)
            return
        }
        for (key, item) in items {
            let scope = variables.count
            defer { variables.removeLast(variables.count - scope) }
            switch pipeline.variables.count {
            case 1: variables.append((pipeline.variables[0], item))
            case 2:
                variables.append((pipeline.variables[0], key))
                variables.append((pipeline.variables[1], item))
            default: break
            }
            if try run(body, item) == .leaveLoop { return }
        }
    }

    // MARK: - Values

    private mutating func evaluate(_ pipeline: TemplatePipeline, _ dot: TemplateValue) throws(RulesError)
        -> TemplateValue
    {
        var value: TemplateValue?
        for command in pipeline.commands { value = try evaluate(command, last: value, dot) }
        let result = value ?? .none
        for name in pipeline.variables {
            if pipeline.declares {
                variables.append((name, result))
            } else if let index = variables.lastIndex(where: { $0.name == name }) {
                variables[index].value = result
            } else {
                throw RulesError(.template, "undefined variable $\(name)")
            }
        }
        return result
    }

    /// - Parameter last: what the command before gave, the last argument of this one.
    private mutating func evaluate(
        _ command: [TemplateOperand], last: TemplateValue?, _ dot: TemplateValue
    ) throws(RulesError) -> TemplateValue {
        guard let head = command.first else { return .none }
        guard case .function(let name) = head else {
            if case .field(let owner, let name) = head, command.count > 1 || last != nil {
                let value = try evaluate(owner, dot)
                let arguments = try gather(command, last, dot)
                try spend((arguments + [value]).reduce(0) { $0 + $1.weight(surroundings.bounds.work) })
                return try TemplateMember.take(name, of: value, arguments, surroundings)
            }
            guard command.count == 1, last == nil else {
                throw RulesError(.template, "cannot give arguments to what is no function")
            }
            return try evaluate(head, dot)
        }
        // `and` and `or` look at no more arguments than they need.
        if name == "and" || name == "or" {
            var result: TemplateValue = .none
            for argument in command.dropFirst() {
                result = try evaluate(argument, dot)
                if result.isTrue == (name == "or") { return result }
            }
            return last ?? result
        }
        return try callFunction(name, gather(command, last, dot))
    }

    private mutating func gather(
        _ command: [TemplateOperand], _ last: TemplateValue?, _ dot: TemplateValue
    ) throws(RulesError) -> [TemplateValue] {
        var arguments: [TemplateValue] = []
        for argument in command.dropFirst() { arguments.append(try evaluate(argument, dot)) }
        if let last { arguments.append(last) }
        return arguments
    }

    private mutating func callFunction(
        _ name: String, _ arguments: [TemplateValue]
    ) throws(RulesError) -> TemplateValue {
        let most = surroundings.bounds.work
        let looks = TemplateFunction.looking.contains(name)
        for argument in arguments {
            if case .string(let text) = argument {
                try spend(text.utf8.count)
            } else if !looks {
                try spend(argument.weight(most))
            }
        }
        let result = try TemplateFunction.call(name, arguments, surroundings)
        if case .string(let text) = result { try spend(text.utf8.count) }
        return result
    }

    private mutating func evaluate(_ operand: TemplateOperand, _ dot: TemplateValue) throws(RulesError)
        -> TemplateValue
    {
        switch operand {
        case .value(let value): return value
        case .dot: return dot
        case .variable(let name):
            guard let variable = variables.last(where: { $0.name == name }) else {
                throw RulesError(.template, "undefined variable $\(name)")
            }
            return variable.value
        case .function(let name): return try callFunction(name, [])
        case .pipeline(let pipeline): return try evaluate(pipeline, dot)
        case .field(let owner, let name):
            return try TemplateMember.take(name, of: evaluate(owner, dot), [], surroundings)
        }
    }
}
