internal import Platform
internal import Wire

/// A new file written front to back through a buffer.
struct FileStream: ~Copyable {
    let file: any DiskFile
    private var buffer = ByteBuffer(capacity: 1 << 16)
    private var flushed = 0

    init(_ disk: any Disk, _ path: String) throws(DiskError) {
        file = try disk.open(path, .create)
    }

    /// Bytes written so far, those in the buffer included.
    var position: Int { flushed + buffer.count }

    mutating func write(_ bytes: UnsafeRawBufferPointer) throws(DiskError) {
        buffer.append(bytes)
        if buffer.count > 1 << 20 { try flush() }
    }

    /// Lets `fill` append to the buffer.
    mutating func write(_ fill: (inout ByteBuffer) -> Void) throws(DiskError) {
        fill(&buffer)
        if buffer.count > 1 << 20 { try flush() }
    }

    mutating func pad(to alignment: Int) throws(DiskError) {
        let rest = position % alignment
        if rest != 0 { buffer.append(zeros: alignment - rest) }
    }

    mutating func flush() throws(DiskError) {
        guard buffer.count > 0 else { return }
        try file.write(buffer.bytes, at: Int64(flushed))
        flushed += buffer.count
        buffer.removeAll()
    }

    /// Writes the rest and makes the file survive a power cut.
    mutating func finish() throws(DiskError) {
        try flush()
        try file.sync()
    }
}
