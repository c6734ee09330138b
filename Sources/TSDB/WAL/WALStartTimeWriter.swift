internal import Wire

/// Writes what stands before the value of each sample of a record with start timestamps (types 11 to 13): reference,
/// time and start timestamp of the first in full; of the others the reference against the one before, the time
/// against the first, and the start timestamp as 0 for none, 1 for that of the sample before, 2 and its difference to
/// the first.
struct WALStartTimeWriter {
    private var isFirst = true
    private var firstTime: Int64 = 0
    private var firstStart: Int64 = 0
    private var reference: UInt64 = 0
    private var start: Int64 = 0

    /// - Parameter start: milliseconds since 1970, 0 = not known.
    @inline(__always)
    mutating func put(_ reference: UInt64, _ time: Int64, _ start: Int64, to buffer: inout ByteBuffer) {
        if isFirst {
            isFirst = false
            firstTime = time
            firstStart = start
            buffer.appendSignedVarint(Int64(bitPattern: reference))
            buffer.appendSignedVarint(time)
            buffer.appendSignedVarint(start)
        } else {
            buffer.appendSignedVarint(Int64(bitPattern: reference &- self.reference))
            buffer.appendSignedVarint(time &- firstTime)
            if start == 0 {
                buffer.append(0)
            } else if start == self.start {
                buffer.append(1)
            } else {
                buffer.append(2)
                buffer.appendSignedVarint(start &- firstStart)
            }
        }
        self.reference = reference
        self.start = start
    }
}
