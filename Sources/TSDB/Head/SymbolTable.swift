/// Every string that labels of the head consist of, once. Numbers start at 1 and are used again after
/// the last pair with the string is gone.
struct SymbolTable: ~Copyable {
    /// The strings: a block of reference count (4 bytes), length (4 bytes) and UTF-8.
    private var blocks = PagedArray<UInt>(pageShift: 12)
    private var table = IdentityTable()
    private var free: [UInt32] = []
    private var next: UInt32 = 1
    /// Bytes of all strings.
    private(set) var byteCount = 0

    init() {}

    deinit {
        for number in 1..<Int(next) {
            UnsafeMutableRawPointer(bitPattern: blocks[number].pointee)?.deallocate()
        }
    }

    var count: Int { table.count }

    private func block(_ number: UInt32) -> UnsafeMutableRawPointer {
        guard let block = UnsafeMutableRawPointer(bitPattern: blocks[Int(number)].pointee) else {
            preconditionFailure("BUG: the symbol \(number) does not exist")
        }
        return block
    }

    /// The UTF-8 of a symbol, valid while it is referenced.
    subscript(_ number: UInt32) -> UnsafeRawBufferPointer {
        let block = block(number)
        return UnsafeRawBufferPointer(
            start: block + 8, count: Int(block.load(fromByteOffset: 4, as: UInt32.self)))
    }

    func string(_ number: UInt32) -> String { String(decoding: self[number], as: UTF8.self) }

    /// The number of a string, or 0.
    func find(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        table.find(UInt32(truncatingIfNeeded: ByteHash.hash(bytes))) { equal(self[$0], bytes) }
    }

    func find(_ text: String) -> UInt32 {
        var text = text
        return text.withUTF8 { find(UnsafeRawBufferPointer($0)) }
    }

    /// The number of a string, made when new; counts one reference more.
    mutating func retain(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        let found = find(bytes)
        if found != 0 {
            let block = block(found)
            block.storeBytes(of: block.load(as: UInt32.self) &+ 1, as: UInt32.self)
            return found
        }
        let block = UnsafeMutableRawPointer.allocate(byteCount: 8 + bytes.count, alignment: 8)
        block.storeBytes(of: 1, as: UInt32.self)
        block.storeBytes(of: UInt32(bytes.count), toByteOffset: 4, as: UInt32.self)
        if let source = bytes.baseAddress { (block + 8).copyMemory(from: source, byteCount: bytes.count) }
        let number = free.popLast() ?? next
        if number == next { next += 1 }
        blocks.ensure(Int(number))
        blocks[Int(number)].pointee = UInt(bitPattern: block)
        table.insert(UInt32(truncatingIfNeeded: ByteHash.hash(bytes)), number)
        byteCount += bytes.count
        return number
    }

    /// Counts one reference less and forgets the string after the last.
    mutating func release(_ number: UInt32) {
        let block = block(number)
        let references = block.load(as: UInt32.self)
        if references > 1 {
            block.storeBytes(of: references - 1, as: UInt32.self)
            return
        }
        let bytes = self[number]
        byteCount -= bytes.count
        table.remove(UInt32(truncatingIfNeeded: ByteHash.hash(bytes)), number)
        blocks[Int(number)].pointee = 0
        block.deallocate()
        free.append(number)
    }
}
