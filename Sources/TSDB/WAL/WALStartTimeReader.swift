internal import Wire

/// Reads what a ``WALStartTimeWriter`` writes.
struct WALStartTimeReader {
    private var isFirst = true
    private var firstTime: Int64 = 0
    private var firstStart: Int64 = 0
    private var reference: UInt64 = 0
    private var start: Int64 = 0

    @inline(__always)
    mutating func next(
        _ reader: inout ByteReader
    ) throws(WireError) -> (reference: UInt64, time: Int64, start: Int64) {
        if isFirst {
            isFirst = false
            reference = UInt64(bitPattern: try reader.signedVarint())
            firstTime = try reader.signedVarint()
            firstStart = try reader.signedVarint()
            start = firstStart
            return (reference, firstTime, start)
        }
        reference = reference &+ UInt64(bitPattern: try reader.signedVarint())
        let time = firstTime &+ (try reader.signedVarint())
        switch try reader.byte() {
        case 0: start = 0
        case 1: break
        default: start = firstStart &+ (try reader.signedVarint())
        }
        return (reference, time, start)
    }
}
