import TestKit
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// The program as it was built beside these tests.
enum BuiltProgram {
    /// `MARTLET_PROGRAM`, or the executable in the folder of the running tests.
    static let path: String = {
        if let given = getenv("MARTLET_PROGRAM") { return String(cString: given) }
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let own = String(decoding: buffer[..<max(count, 0)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let folder = own.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
            separator: "/")
        return folder + "/martlet"
    }()

    static func start(
        _ arguments: [String], environment: [String: String] = [:], in folder: TemporaryFolder
    ) throws -> RunningProgram {
        guard TestFile.exists(path) else { throw TestFailure("the program is not built: \(path)") }
        return try RunningProgram(path, arguments, environment: environment, folder: folder)
    }

    /// Runs it to its end.
    static func run(_ arguments: [String]) async throws -> (ending: RunningProgram.Ending, output: String) {
        let program = try start(arguments, in: TemporaryFolder())
        let ending = try await program.end()
        return (ending, program.output)
    }
}
