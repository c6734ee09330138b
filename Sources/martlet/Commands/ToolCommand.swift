import ArgumentParser
import Exposition
import ServerConfig
#if canImport(Glibc)
    import Glibc
#endif

/// `martlet tool …`: what promtool does, under its names.
struct ToolCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tool", abstract: "Check configurations and metrics, under promtool's names.",
        subcommands: [Check.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Check the resources for validity.",
            subcommands: [Config.self, Metrics.self])
    }

    /// `martlet tool check config FILE…`; exit code 1 when one is wrong, as promtool has it.
    struct Config: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "config", abstract: "Check if the config files are valid or not.")

        @Argument(help: "The config files to check.")
        var files: [String]

        func run() async throws {
            var isGood = true
            for file in files {
                do {
                    let configuration = try ServerConfiguration.load(file)
                    print("Checking \(file)")
                    for warning in configuration.warnings { print("  WARNING: \(warning)") }
                    print(" SUCCESS: \(file) is valid prometheus config file syntax\n")
                } catch {
                    StandardError.write("Checking \(file)\n  FAILED: \(error)\n")
                    isGood = false
                }
            }
            if !isGood { throw ExitCode(1) }
        }
    }

    /// `martlet tool check metrics < FILE`; exit code 1 for text that cannot be read, 3 for complaints.
    struct Metrics: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "metrics", abstract: "Pass Prometheus metrics over stdin to lint them for consistency and correctness.")

        func run() async throws {
            let bytes = try ProgramFile.read("/dev/stdin")
            let complaints: [String]
            do {
                complaints = try MetricsLint.complaints(about: bytes)
            } catch {
                StandardError.write("error while linting: \(error)\n")
                throw ExitCode(1)
            }
            for complaint in complaints { StandardError.write(complaint + "\n") }
            if !complaints.isEmpty { throw ExitCode(3) }
        }
    }
}
