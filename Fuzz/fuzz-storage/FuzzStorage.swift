import TSDB
import Wire

/// The first byte chooses a decoder of the storage, the others are what it reads. Decoders throw or return; they never
/// trap and never allocate by a length that the bytes claim. Checksums of an index are put right first, so that what
/// stands behind them is reached. One kind is no decoder of the storage: HTTP answers.
func fuzzStorage(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let bytes, count > 1 else { return 0 }
    let kind = bytes[0] % 17
    var content = Array(UnsafeBufferPointer(start: bytes + 1, count: count - 1))
    if kind == 11 { repair(&content) }
    if kind == 15 { readAnswer(content) } else { content.withUnsafeBytes { DecoderProbe.decode(kind, $0) } }
    return 0
}

private func number(_ content: [UInt8], _ offset: Int, _ width: Int) -> Int {
    content[offset..<(offset + width)].reduce(0) { ($0 &<< 8) | Int($1) }
}

private func sign(_ content: inout [UInt8], _ range: Range<Int>) {
    let checksum = content.withUnsafeBytes { CRC32C.extend(0, UnsafeRawBufferPointer(rebasing: $0[range])) }
    for i in 0..<4 {
        content[range.upperBound + i] = UInt8(truncatingIfNeeded: checksum >> UInt32(24 - 8 * i))
    }
}

private func repair(_ content: inout [UInt8]) {
    let contents = content.count - 52
    guard contents >= 5 else { return }
    content.replaceSubrange(0..<4, with: [0xBA, 0xAA, 0xD7, 0x00])
    for i in 0..<6 {
        let offset = number(content, contents + 8 * i, 8)
        guard offset >= 0, offset <= contents - 8 else { continue }
        let length = number(content, offset, 4)
        guard length <= contents - offset - 8 else { continue }
        sign(&content, (offset + 4)..<(offset + 4 + length))
    }
    sign(&content, contents..<(contents + 48))
}

/// Reads an HTTP answer whole and byte by byte: both must come to the same.
private func readAnswer(_ content: [UInt8]) {
    func read(_ pieceSize: Int) -> (text: String, bodyCount: Int) {
        var reader = HTTPResponseReader()
        var bodyCount = 0
        var place = 0
        while place < content.count, !reader.isDone {
            let piece = content[place..<min(place + pieceSize, content.count)]
            do throws(WireError) {
                place += try piece.withUnsafeBytesOf { (bytes) throws(WireError) in
                    try reader.read(bytes) { bodyCount += $0.count }
                }
            } catch {
                return (error.message, bodyCount)
            }
        }
        return ("\(reader.head?.status ?? 0) \(reader.isDone) \(reader.staysOpen)", bodyCount)
    }
    let whole = read(content.count)
    let single = read(1)
    precondition(whole == single, "got \(whole) at once and \(single) byte by byte")
}

extension ArraySlice<UInt8> {
    fileprivate func withUnsafeBytesOf(
        _ body: (UnsafeRawBufferPointer) throws(WireError) -> Int
    ) throws(WireError) -> Int {
        var result: Result<Int, WireError> = .success(0)
        withUnsafeBytes { bytes in
            do throws(WireError) { result = .success(try body(bytes)) } catch { result = .failure(error) }
        }
        return try result.get()
    }
}
