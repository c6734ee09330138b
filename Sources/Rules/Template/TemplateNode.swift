/// A piece of a parsed template.
indirect enum TemplateNode: Sendable {
    case text(String)
    case output(TemplatePipeline)
    /// `if`, with what follows `else`.
    case branch(TemplatePipeline, then: [TemplateNode], otherwise: [TemplateNode])
    case with(TemplatePipeline, then: [TemplateNode], otherwise: [TemplateNode])
    case range(TemplatePipeline, body: [TemplateNode], otherwise: [TemplateNode])
    case call(name: String, TemplatePipeline?)
    case leaveLoop
    case nextTurn
}

/// `$a, $b := command | command`.
struct TemplatePipeline: Sendable {
    var variables: [String] = []
    /// Whether the variables are new ones.
    var declares = false
    var commands: [[TemplateOperand]]
}

/// A word of a command.
indirect enum TemplateOperand: Sendable {
    case value(TemplateValue)
    /// The dot.
    case dot
    case variable(String)
    case function(String)
    case pipeline(TemplatePipeline)
    case field(of: TemplateOperand, String)
}
