import ArgumentParser
import QueryAPI
import TSDB

/// `martlet tool tsdb list [PATH]`
struct TSDBList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List tsdb blocks.")

    @Flag(name: [.customShort("r"), .customLong("human-readable")], help: "Print human readable values.")
    var isReadable = false

    @Argument(help: "Database path.")
    var path = "data/"

    func run() async throws {
        StandardOutput.write(BlockTable.text(try BlockSummary.list(path), isReadable: isReadable))
    }
}

/// The table of blocks that promtool prints.
enum BlockTable {
    static func text(_ blocks: [BlockSummary], isReadable: Bool) -> String {
        let rows = blocks.map { block in
            [
                block.ulid, time(block.minTime, isReadable), time(block.maxTime, isReadable),
                GoText.duration(milliseconds: block.maxTime - block.minTime),
                "\(block.sampleCount)", "\(block.chunkCount)", "\(block.seriesCount)",
                isReadable ? ByteText.readable(block.byteCount) : "\(block.byteCount)",
            ]
        }
        let header = [
            "BLOCK ULID", "MIN TIME", "MAX TIME", "DURATION", "NUM SAMPLES", "NUM CHUNKS", "NUM SERIES",
            "SIZE",
        ]
        return TextTable(header, rows, minimumWidth: 11).text
    }

    private static func time(_ milliseconds: Int64, _ isReadable: Bool) -> String {
        guard isReadable else { return "\(milliseconds)" }
        return RFC3339.text(milliseconds / 1000 * 1000).replacing("T", with: " ").replacing(
            "Z", with: " +0000 UTC")
    }
}

/// Numbers of bytes for people.
enum ByteText {
    /// `1KiB512B`: whole units from large to small.
    static func readable(_ count: Int64) -> String {
        guard count > 0 else { return "0B" }
        var rest = count
        var result = ""
        for (name, size) in [
            ("EiB", Int64(1) << 60), ("PiB", 1 << 50), ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20),
            ("KiB", 1 << 10), ("B", 1),
        ] {
            if rest >= size { result += "\(rest / size)\(name)" }
            rest %= size
        }
        return result
    }
}
