import MetricModel
public import NIOCore
import Platform
import PromQLEngine

/// JSON written straight into the buffer that is sent: no tree of values in between.
public struct AnswerWriter {
    /// What has been written.
    public private(set) var buffer: ByteBuffer
    /// The most bytes that may be written.
    private let bytesMax: Int
    /// Told of what the buffer takes; nil when nobody counts.
    private let memory: MemoryLease?
    private let cancellation: Cancellation
    private let ticket: QueryTicket?
    private var counted = 0
    /// Where commas go: whether something stands before in the innermost list.
    private var needsComma = false

    public init(bytesMax: Int = .max, capacity: Int = 4096) {
        self.init(
            bytesMax: bytesMax, capacity: capacity, memory: nil, cancellation: Cancellation(), ticket: nil)
    }

    init(
        bytesMax: Int, capacity: Int = 4096, memory: MemoryLease?, cancellation: Cancellation,
        ticket: QueryTicket?
    ) {
        buffer = ByteBufferAllocator().buffer(capacity: capacity)
        self.bytesMax = bytesMax
        self.memory = memory
        self.cancellation = cancellation
        self.ticket = ticket
    }

    /// Goes on in a list.
    ///
    /// - Parameters:
    ///   - text: what comes before.
    ///   - isBehindElement: whether an element of the list was written already, by another writer.
    init(continuing text: ByteBuffer, isBehindElement: Bool, capacity: Int) {
        self.init(capacity: capacity)
        buffer.writeImmutableBuffer(text)
        needsComma = isBehindElement
    }

    /// - Throws: `execution` when the answer has grown beyond its bound, `busy` when other queries hold the memory that
    ///   it needs. Asked after each series.
    mutating func checkSize() throws(APIError) {
        guard buffer.readableBytes <= bytesMax else {
            throw APIError(
                .execution,
                "the answer is larger than \(bytesMax) bytes: ask for fewer series, a shorter range or a longer step"
            )
        }
        guard let memory, buffer.storageCapacity != counted else { return }
        let fits = memory.change(by: buffer.storageCapacity - counted)
        counted = buffer.storageCapacity
        guard fits || memory.waitForRoom(cancellation, ticket) else {
            throw APIError(.busy, "the answers that are waiting to be sent hold the memory, try again later")
        }
    }

    // MARK: - Structure

    /// `{…}`; `body` writes members with ``member(_:)``.
    mutating func object<Failure: Error>(_ body: (inout AnswerWriter) throws(Failure) -> Void) throws(Failure)
    {
        byte(UInt8(ascii: "{"))
        needsComma = false
        try body(&self)
        byte(UInt8(ascii: "}"))
        needsComma = true
    }

    /// `[…]`; `body` begins each element with ``element()``.
    mutating func array<Failure: Error>(_ body: (inout AnswerWriter) throws(Failure) -> Void) throws(Failure)
    {
        byte(UInt8(ascii: "["))
        needsComma = false
        try body(&self)
        byte(UInt8(ascii: "]"))
        needsComma = true
    }

    /// Begins a member: comma where one is due, name and colon. The name needs no escapes.
    mutating func member(_ name: StaticString) {
        element()
        byte(UInt8(ascii: "\""))
        raw(name)
        raw("\":")
    }

    /// Begins a member whose name comes from outside.
    mutating func member(named name: String) {
        element()
        string(name)
        byte(UInt8(ascii: ":"))
    }

    /// Begins an element: comma where one is due.
    mutating func element() {
        if needsComma { byte(UInt8(ascii: ",")) }
        needsComma = true
    }

    // MARK: - Values

    mutating func strings(_ texts: some Sequence<String>) {
        array { json in
            for text in texts {
                json.element()
                json.string(text)
            }
        }
    }

    mutating func integer(_ value: some BinaryInteger) {
        buffer.writeString(String(value))
        needsComma = true
    }

    mutating func bool(_ value: Bool) {
        raw(value ? "true" : "false")
        needsComma = true
    }

    /// A number as Go prints a float; null when it is not finite.
    mutating func number(_ value: Double) {
        if value.isFinite {
            buffer.writeString(FloatText.string(value, style: .json))
        } else {
            raw("null")
        }
        needsComma = true
    }

    /// A point in time as RFC 3339; nil is the year 1, which Go shows for "never".
    mutating func time(_ timestamp: Timestamp?) {
        string(timestamp.map(RFC3339.text) ?? "0001-01-01T00:00:00Z")
    }

    /// JSON that has been written already.
    mutating func json(_ bytes: some Sequence<UInt8>) {
        buffer.writeBytes(bytes)
        needsComma = true
    }

    /// A value has been written.
    mutating func endValue() { needsComma = true }

    mutating func raw(_ text: StaticString) {
        buffer.writeStaticString(text)
    }

    mutating func byte(_ byte: UInt8) {
        buffer.writeInteger(byte)
    }

    /// Lets `body` write into room for so many bytes; it returns how many it took.
    mutating func write(atMost count: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int) {
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count, body)
    }
}
