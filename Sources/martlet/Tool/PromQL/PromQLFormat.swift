import ArgumentParser
import PromQLSyntax

/// `martlet tool promql format QUERY`; exit code 1 and the place of the error when it does not parse.
struct PromQLFormat: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "format", abstract: "Format PromQL query to pretty printed form.")

    @ParentCommand var tool: ToolCommand
    @OptionGroup var flags: ToolFlags

    @Argument(help: "PromQL query.")
    var query: String

    func run() async throws {
        StandardOutput.write(try ToolFeatures(tool.flags, flags).parse(query).formatted + "\n")
    }
}
