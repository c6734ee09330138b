import ArgumentParser
import MetricModel
import PromQLSyntax

/// `martlet tool promql label-matchers set QUERY NAME VALUE`
struct LabelMatchersSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Set a label matcher in the query.")

    @ParentCommand var tool: ToolCommand
    @OptionGroup var flags: ToolFlags

    @Option(
        name: [.customShort("t"), .customLong("type")], parsing: .unconditional,
        help: "Type of the label matcher to set: =, !=, =~ or !~.")
    var type = "="

    @Argument(help: "PromQL query.")
    var query: String

    @Argument(help: "Name of the label matcher to set.")
    var name: String

    @Argument(help: "Value of the label matcher to set.")
    var value: String

    func validate() throws {
        guard LabelMatcher.Kind(rawValue: type) != nil else {
            throw ValidationError("--type: got \"\(type)\", want =, !=, =~ or !~")
        }
    }

    func run() async throws {
        let expression = try ToolFeatures(tool.flags, flags).parse(query)
        do {
            let matcher = try LabelMatcher(name, LabelMatcher.Kind(rawValue: type) ?? .equal, value)
            StandardOutput.write(expression.settingMatcher(matcher).formatted + "\n")
        } catch {
            StandardError.write("invalid regular expression \(LabelText.quoted(value)): \(error)\n")
            throw ExitCode(1)
        }
    }
}

/// `martlet tool promql label-matchers delete QUERY NAME`
struct LabelMatchersDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a label from the query.")

    @ParentCommand var tool: ToolCommand
    @OptionGroup var flags: ToolFlags

    @Argument(help: "PromQL query.")
    var query: String

    @Argument(help: "Name of the label to delete.")
    var name: String

    func run() async throws {
        let expression = try ToolFeatures(tool.flags, flags).parse(query)
        StandardOutput.write(expression.removingMatchers(for: name).formatted + "\n")
    }
}
