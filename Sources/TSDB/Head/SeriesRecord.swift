/// All that the head keeps of a series besides its labels and chunk bytes, in one cache line.
struct SeriesRecord: BitwiseCopyable {
    /// Time of the newest sample; `Int64.min` while there is none.
    var lastTime: Int64
    /// Bits of the newest value.
    var lastValue: UInt64
    /// Time of the first sample of the open chunk.
    var firstTime: Int64
    /// A sample at or after this time begins a new chunk.
    var nextCut: Int64
    /// Where the open chunk lies within its size class.
    var chunk: UInt32
    /// Bits written to the open chunk, its two bytes of count included.
    var bitCount: UInt16
    /// Samples in the open chunk; 0 when there is none.
    var sampleCount: UInt16
    /// The XOR window; 0xFF when none was written yet.
    var leading: UInt8
    var trailing: UInt8
    /// Size class of the open chunk.
    var sizeClass: UInt8
    var flags: UInt8
    /// Milliseconds between the last two samples of the open chunk.
    var delta: UInt32
    /// Newest node of full chunks; 0 is none.
    var fullChunks: UInt32
    /// The number of the series in the log and in postings.
    var reference: UInt32
    /// Where the label pairs lie.
    var labels: UInt32
    /// The low half of the hash of the packed labels.
    var hash: UInt32

    static let unknownLastValue: UInt8 = 1
    /// The series has state in the head's side table: out-of-order or histogram chunks.
    static let hasSide: UInt8 = 2
    /// Samples of the open float chunk have start timestamps, in a side table of the head.
    static let hasStarts: UInt8 = 4

    init(reference: UInt32, labels: UInt32, hash: UInt32) {
        lastTime = .min
        lastValue = 0
        firstTime = 0
        nextCut = 0
        chunk = 0
        bitCount = 0
        sampleCount = 0
        leading = 0xFF
        trailing = 0
        sizeClass = 0
        flags = 0
        delta = 0
        fullChunks = 0
        self.reference = reference
        self.labels = labels
        self.hash = hash
    }
}
