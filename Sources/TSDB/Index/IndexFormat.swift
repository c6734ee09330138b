/// A block's index file: `docs/format/index.md`.
enum IndexFormat {
    static let magic: UInt32 = 0xBAAA_D700
    /// The version that is written.
    static let version: UInt8 = 2
    static let headerSize = 5
    static let seriesAlignment = 16
    /// Six offsets and a checksum at the end of the file.
    static let contentsSize = 6 * 8 + 4

    /// The offsets of the sections.
    struct Contents {
        var symbols = 0
        var series = 0
        var labelIndices = 0
        var labelIndicesTable = 0
        var postings = 0
        var postingsTable = 0
    }
}
