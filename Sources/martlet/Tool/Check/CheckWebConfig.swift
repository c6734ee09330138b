import ArgumentParser
import ServerConfig

/// `martlet tool check web-config FILE…`
struct CheckWebConfig: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "web-config", abstract: "Check if the web config files are valid or not.")

    @Argument(help: "The config files to check.")
    var files: [String]

    func run() async throws {
        var isGood = true
        for file in files {
            do {
                _ = try WebConfiguration.load(file)
                StandardError.write("\(file) SUCCESS\n")
            } catch {
                StandardError.write("\(file) FAILED: \(error)\n")
                isGood = false
            }
        }
        if !isGood { throw ExitCode(1) }
    }
}
