import ArgumentParser
import TSDB

/// `martlet tool tsdb verify [PATH]`: reads all of a data directory and tells what is damaged. Ours alone. Exit code
/// 1 when anything is.
struct TSDBVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check every checksum of a data directory; nothing is changed.")

    @Argument(help: "Database path.")
    var path = "data/"

    func run() async throws {
        guard FilePattern.exists(path) else {
            throw ProgramError(.io, "cannot verify \(path): there is no such folder")
        }
        let check = DirectoryCheck(path: path)
        for finding in check.findings { StandardError.write("\(finding)\n") }
        StandardOutput.write(
            "\(check.blockCount) blocks with \(check.seriesCount) series, \(check.chunkCount) chunks and \(check.sampleCount) samples; "
                + "\(check.logRecordCount) log records; \(check.headChunkCount) head chunks; \(check.findings.count) damages\n"
        )
        if !check.findings.isEmpty { throw ExitCode(1) }
    }
}
