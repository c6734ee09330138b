import ArgumentParser
import Platform
import ServerConfig

#if canImport(Glibc)
    import Glibc
#endif

/// The start of the program: reads the command line, runs the command, chooses the exit code.
enum Program {
    static let version = "0.1.0"
    /// How we call ourselves to other servers.
    static let userAgent = "Martlet/\(version)"

    /// Exit codes as Prometheus uses them: 2 for a command line that is not understood, 1 for
    /// everything else that goes wrong.
    static func main(_ arguments: [String]) async {
        Allocation.shareArenas(cores: sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        Allocation.giveBackFreed()
        do {
            var command = try MartletCommand.parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            if let code = error as? ExitCode { exit(code.rawValue) }
            let code = MartletCommand.exitCode(for: error)
            let message = MartletCommand.fullMessage(for: error)
            if code.isSuccess {
                print(message)
                exit(0)
            }
            if code == .validationFailure {
                complain(message)
                exit(2)
            }
            complain("martlet: \(error)")
            exit(error is ConfigurationError ? 2 : 1)
        }
    }

    private static func complain(_ text: String) {
        StandardError.write(text.hasSuffix("\n") ? text : text + "\n")
    }
}
