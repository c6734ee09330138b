#if canImport(Glibc)
    import Glibc
#endif

/// Reads files of procfs, sysfs and cgroupfs into one buffer that is used again and again, and takes
/// them apart where they lie. Nothing is allocated per file once the buffer has its size.
struct FileReader {
    /// The most bytes of a file that are read; what is beyond is ignored.
    static let sizeMax = 8 << 20

    private var bytes: [UInt8]
    /// How many bytes the last file had.
    private(set) var count = 0
    /// Where scanning stands.
    var position = 0

    init() {
        bytes = Array(repeating: 0, count: 64 * 1024)
    }

    // MARK: - Reading

    /// Reads from an open file's beginning with a single call, which is enough for files that the
    /// kernel writes in one piece (all control files).
    ///
    /// - Returns: 0, or the error number: `ENODEV` when the cgroup is gone, `ESRCH` for a process.
    mutating func read(_ descriptor: Int32) -> Int32 {
        position = 0
        count = 0
        let result = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        guard result >= 0 else { return errno }
        count = result
        return 0
    }

    /// Reads a file to its end.
    ///
    /// - Parameter folder: a descriptor that a relative path starts at.
    /// - Returns: 0 or the error number.
    mutating func readFile(_ path: String, in folder: Int32 = AT_FDCWD) -> Int32 {
        position = 0
        count = 0
        let descriptor = openat(folder, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        while true {
            if count == bytes.count {
                guard bytes.count < FileReader.sizeMax else { return 0 }
                bytes.append(contentsOf: repeatElement(0, count: bytes.count))
            }
            let result = bytes.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress.map { $0 + count }, $0.count - count)
            }
            guard result >= 0 else { return errno }
            if result == 0 { return 0 }
            count += result
        }
    }

    /// Takes bytes that somebody else read; for tests.
    mutating func take(_ text: [UInt8]) {
        bytes = text + Array(repeating: 0, count: max(64 * 1024 - text.count, 0))
        count = text.count
        position = 0
    }

    // MARK: - Scanning

    var isAtEnd: Bool { position >= count }

    /// The byte at the position; 0 at the end.
    var current: UInt8 { position < count ? bytes[position] : 0 }

    /// The byte at a place; 0 beyond the end.
    func byte(at place: Int) -> UInt8 { place < count ? bytes[place] : 0 }

    /// Moves behind the next newline.
    mutating func skipLine() {
        while position < count {
            position += 1
            if bytes[position - 1] == 0x0A { return }
        }
    }

    mutating func skipSpaces() {
        while position < count, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
    }

    /// Moves behind the next run of anything but white space.
    mutating func skipWord() {
        skipSpaces()
        skipRestOfWord()
    }

    /// Moves to the next white space, which may be here.
    mutating func skipRestOfWord() {
        while position < count, bytes[position] > 0x20 { position += 1 }
    }

    /// Moves behind `byte` when it stands here.
    mutating func skip(_ byte: UInt8) -> Bool {
        guard position < count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    /// Moves behind `text` when it stands here.
    mutating func skip(_ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard position + length <= count else { return false }
        for i in 0..<length where bytes[position + i] != text.utf8Start[i] { return false }
        position += length
        return true
    }

    /// The hash of the bytes up to white space or `stop`, for ``KeyTable``. The position is left at
    /// what ended the word.
    mutating func wordHash(until stop: UInt8 = 0x20) -> UInt64 {
        var hash = KeyTable.seed
        while position < count {
            let byte = bytes[position]
            if byte <= 0x20 || byte == stop { break }
            hash = (hash ^ UInt64(byte)) &* KeyTable.prime
            position += 1
        }
        return hash
    }

    /// A decimal number behind spaces; nil when there is no digit. Numbers too large become the
    /// largest. A minus sign, as of -1 for "no limit", makes nil.
    mutating func integer() -> UInt64? {
        skipSpaces()
        guard position < count, bytes[position] &- UInt8(ascii: "0") < 10 else { return nil }
        var value: UInt64 = 0
        var isTooLarge = false
        while position < count {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
            if overflow || carry { isTooLarge = true }
            value = sum
            position += 1
        }
        return isTooLarge ? .max : value
    }

    /// A hexadecimal number; nil when there is no digit.
    mutating func hexadecimal() -> UInt64? {
        var value: UInt64 = 0
        var digits = 0
        while position < count, let digit = Character(UnicodeScalar(bytes[position])).hexDigitValue {
            value = value << 4 | UInt64(digit)
            digits += 1
            position += 1
        }
        return digits > 0 ? value : nil
    }

    /// The run of bytes above the space that stands behind spaces, as text; invalid UTF-8 is repaired.
    mutating func word() -> String {
        skipSpaces()
        let start = position
        skipWord()
        return text(start..<position)
    }

    /// The rest of the line without its newline; the position moves to the next line.
    mutating func restOfLine() -> String {
        let start = position
        skipLine()
        var end = position
        if end > start, bytes[end - 1] == 0x0A { end -= 1 }
        return text(start..<end)
    }

    /// Bytes of the file as text.
    func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    /// The whole file as text.
    var text: String { text(0..<count) }

    /// The whole file.
    var content: ArraySlice<UInt8> { bytes[0..<count] }

    /// Fills `values` by the lines `key number`; keys that are not in the table are passed over.
    /// - Returns: a bit for each slot that was found.
    mutating func keyValues(_ table: KeyTable, into values: inout [UInt64]) -> UInt64 {
        var found: UInt64 = 0
        while position < count {
            let slot = table.slot(wordHash())
            if slot >= 0, let value = integer() {
                values[slot] = value
                found |= 1 << UInt64(slot)
            }
            skipLine()
        }
        return found
    }
}
