internal import Wire

/// The byte that says which samples of a chunk of encodings 4 to 6 carry a start timestamp.
struct StartTimeHeader {
    private let isFirstKnown: Bool
    /// The first sample but the very first that has one; 0 for none.
    private let changesOn: Int

    init(_ byte: UInt8) {
        isFirstKnown = byte & 0x80 != 0
        changesOn = Int(byte & 0x7F)
    }

    /// Reads over what follows sample `index`.
    func skip(_ index: Int, _ reader: inout BitReader) throws(WireError) {
        if index == 0 {
            if isFirstKnown { _ = try reader.signedVarint() }
        } else if changesOn > 0, index >= changesOn {
            _ = try Varbit.readSigned(&reader)
        }
    }
}
