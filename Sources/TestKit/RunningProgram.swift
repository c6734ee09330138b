import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A process that a test has started. Killed when the object goes.
public final class RunningProgram: Sendable {
    /// How a process ended.
    public enum Ending: Sendable, Equatable {
        case exit(Int32)
        case signal(Int32)
    }

    public let pid: Int32
    private let outputPath: String
    /// Kept, since it holds the output.
    private let folder: TemporaryFolder
    private let ending = Mutex<Ending?>(nil)

    /// Starts a program. What it writes to the standard output and error goes to a file of the folder.
    ///
    /// - Parameters:
    ///   - executable: a path.
    ///   - environment: added to the environment of the test.
    ///   - input: the content of the standard input; empty if absent.
    public init(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:], input: [UInt8] = [],
        folder: TemporaryFolder
    ) throws {
        let number = RunningProgram.count.withLock { count in
            count += 1
            return count
        }
        self.folder = folder
        outputPath = folder.path + "/output-\(number)"
        let inputPath = folder.path + "/input-\(number)"
        try TestFile.write(input, to: inputPath)

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, inputPath, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(
            &actions, STDOUT_FILENO, outputPath, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)

        var variables: [String] = []
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            let name = text.prefix { $0 != "=" }
            if environment[String(name)] == nil { variables.append(text) }
            next += 1
        }
        variables += environment.map { $0.key + "=" + $0.value }
        var pid = pid_t()
        let status = RunningProgram.withCStrings([executable] + arguments) { arguments in
            RunningProgram.withCStrings(variables) { variables in
                posix_spawn(&pid, executable, &actions, nil, arguments, variables)
            }
        }
        guard status == 0 else {
            throw TestFailure("cannot start \(executable): \(String(cString: strerror(status)))")
        }
        self.pid = pid
    }

    deinit {
        guard ending.withLock({ $0 }) == nil else { return }
        kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }

    /// What it has written so far.
    public var output: String { String(decoding: SharedFolders.read(outputPath) ?? [], as: UTF8.self) }

    public func send(_ signal: Int32) { kill(pid, signal) }

    /// How it ended; nil while it runs.
    public func poll() -> Ending? {
        ending.withLock { ending in
            if let ending { return ending }
            var status: Int32 = 0
            guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
            ending = status & 0x7F == 0 ? .exit((status >> 8) & 0xFF) : .signal(status & 0x7F)
            return ending
        }
    }

    /// Waits until it has ended.
    ///
    /// - Throws: when it still runs at the deadline.
    public func end(within seconds: Double = 60) async throws -> Ending {
        try await eventually(within: seconds, "the end of process \(pid)") { self.poll() }
    }

    private static let count = Mutex(0)

    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        return body(copies + [nil])
    }
}
