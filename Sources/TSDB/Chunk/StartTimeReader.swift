internal import Wire

/// Reads the start timestamps of a chunk of encodings 4 to 6: that of the first sample as its distance, from the first
/// change on one for each sample, as the change of the distance to the sample before. Format: `docs/format/chunks.md`.
struct StartTimeReader {
    private let isFirstKnown: Bool
    /// The first sample but the very first that has one; 0 for none.
    private let changesOn: Int
    /// Milliseconds since 1970, 0 = not known.
    private var start: Int64 = 0
    private var distance: Int64 = 0

    /// - Parameter byte: of the chunk's head.
    init(_ byte: UInt8) {
        isFirstKnown = byte & 0x80 != 0
        changesOn = Int(byte & 0x7F)
    }

    /// Reads what follows sample `index` of a time; `previous` is the time of the sample before.
    mutating func read(
        _ index: Int, time: Int64, previous: Int64, _ reader: inout BitReader
    ) throws(WireError) -> Int64 {
        if index == 0 {
            if isFirstKnown {
                distance = try reader.signedVarint()
                start = time &- distance
            }
        } else if changesOn > 0, index >= changesOn {
            let change = try Varbit.readSigned(&reader)
            distance = index == changesOn ? change : distance &+ change
            start = previous &- distance
        }
        return start
    }
}
