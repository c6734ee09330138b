#if canImport(Glibc)
    import Glibc
#endif

/// A Swift file as it stands, and its code alone: what is in comments and string literals is replaced
/// by spaces, so that searching finds no words of prose.
struct SwiftText: Sendable {
    let text: [UInt8]
    let code: [UInt8]

    init(_ bytes: [UInt8]) {
        text = bytes
        code = SwiftText.blanked(bytes)
    }

    /// The lines of the code, without their ends.
    var codeLines: [String] { SwiftText.lines(code) }
    /// The lines as they stand.
    var lines: [String] { SwiftText.lines(text) }

    /// Where a text begins in the code, each time.
    func places(of word: String) -> [Int] {
        var result: [Int] = []
        var word = word
        word.withUTF8 { word in
            code.withUnsafeBufferPointer { code in
                guard let base = code.baseAddress, let needle = word.baseAddress, code.count >= word.count
                else { return }
                let last = code.count - word.count
                var position = 0
                while position <= last,
                    let found = memchr(base + position, Int32(needle[0]), last - position + 1)
                {
                    position = UnsafeRawPointer(found) - UnsafeRawPointer(base)
                    if memcmp(base + position, needle, word.count) == 0 { result.append(position) }
                    position += 1
                }
            }
        }
        return result
    }

    /// The line of a place, from 1.
    func line(of place: Int) -> Int { text[..<place].count { $0 == 0x0A } + 1 }

    static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x61...0x7A, 0x41...0x5A, 0x30...0x39, 0x5F: true
        default: false
        }
    }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// Interpolations count as part of their string, which hides code but never invents any.
    private static func blanked(_ bytes: [UInt8]) -> [UInt8] {
        var result = bytes
        result.withUnsafeMutableBufferPointer { text in
            let (count, quote, pound) = (text.count, UInt8(ascii: "\""), UInt8(ascii: "#"))
            var i = 0
            func at(_ index: Int) -> UInt8 { index < count ? text[index] : 0 }
            while i < count {
                let byte = text[i]
                if byte == UInt8(ascii: "/"), at(i + 1) == UInt8(ascii: "/") {
                    while i < count, text[i] != 0x0A {
                        text[i] = 0x20
                        i += 1
                    }
                } else if byte == UInt8(ascii: "/"), at(i + 1) == UInt8(ascii: "*") {
                    while i < count, !(text[i] == UInt8(ascii: "*") && at(i + 1) == UInt8(ascii: "/")) {
                        if text[i] != 0x0A { text[i] = 0x20 }
                        i += 1
                    }
                    i += 2
                } else if byte == quote || (byte == pound && (at(i + 1) == quote || at(i + 1) == pound)) {
                    i = endOfString(text, from: i)
                } else {
                    i += 1
                }
            }
        }
        return result
    }

    /// Blanks one literal and returns where it ends.
    private static func endOfString(_ text: UnsafeMutableBufferPointer<UInt8>, from start: Int) -> Int {
        let (count, quote, pound) = (text.count, UInt8(ascii: "\""), UInt8(ascii: "#"))
        func at(_ index: Int) -> UInt8 { index < count ? text[index] : 0 }
        var i = start
        var pounds = 0
        while at(i) == pound { (i, pounds) = (i + 1, pounds + 1) }
        guard at(i) == quote else { return i }
        let quotes = at(i + 1) == quote && at(i + 2) == quote ? 3 : 1
        i += quotes
        let inside = i
        while i < count {
            if pounds == 0, text[i] == UInt8(ascii: "\\") {
                i += 2
                continue
            }
            if quotes == 1, text[i] == 0x0A { break }
            let closes =
                (0..<quotes).allSatisfy { at(i + $0) == quote }
                && (0..<pounds).allSatisfy { at(i + quotes + $0) == pound }
            if closes { break }
            i += 1
        }
        for index in inside..<min(i, count) where text[index] != 0x0A { text[index] = 0x20 }
        return min(i + quotes + pounds, count)
    }
}
