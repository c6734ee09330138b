#if canImport(Glibc)
    import Glibc
#endif

/// Whether two runs hold the same bytes.
@inline(__always)
func equal(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
    guard a.count == b.count else { return false }
    guard let pointerA = a.baseAddress, let pointerB = b.baseAddress else { return true }
    return memcmp(pointerA, pointerB, a.count) == 0
}

/// Byte order, a prefix first: negative, zero or positive.
@inline(__always)
func compare(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
    let shared = min(a.count, b.count)
    if shared > 0, let pointerA = a.baseAddress, let pointerB = b.baseAddress {
        let order = memcmp(pointerA, pointerB, shared)
        if order != 0 { return Int(order) }
    }
    return a.count - b.count
}

extension String {
    /// Byte order of UTF-8, which Swift's `<` is not.
    func precedesByBytes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
