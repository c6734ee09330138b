import MetricModel

/// Strings, which are most of an answer with many series: plain bytes are looked at and copied eight at a time.
extension AnswerWriter {
    /// A string, escaped.
    mutating func string(_ text: String) {
        var text = text
        text.withUTF8 { string($0) }
    }

    /// Bytes that are valid UTF-8 as a string, escaped; `<`, `>` and `&` too, as Go's encoder does.
    mutating func string(_ bytes: UnsafeBufferPointer<UInt8>) {
        write(atMost: AnswerWriter.bytesMax(bytes.count)) { room in
            guard let start = room.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return 0 }
            return AnswerWriter.put(bytes, at: start) - start
        }
        endValue()
    }

    /// `{"name":"value",…}`.
    mutating func labels(_ labels: Labels) {
        // With its colon and comma a label takes six bytes more than its texts, of which packed labels have two.
        write(atMost: AnswerWriter.bytesMax(labels.packed.count)) { room in
            guard let start = room.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return 0 }
            start[0] = UInt8(ascii: "{")
            var place = start + 1
            labels.visit { name, value in
                if place - start > 1 {
                    place[0] = UInt8(ascii: ",")
                    place += 1
                }
                place = AnswerWriter.put(name, at: place)
                place[0] = UInt8(ascii: ":")
                place = AnswerWriter.put(value, at: place + 1)
                return true
            }
            place[0] = UInt8(ascii: "}")
            return place + 1 - start
        }
        endValue()
    }

    /// Bytes that a text takes at most with its escapes, six each, and two around it.
    private static func bytesMax(_ count: Int) -> Int { 6 * count + 2 }

    /// Writes a string with its quotes. Returns the place behind it.
    @inline(__always)
    private static func put(
        _ bytes: UnsafeBufferPointer<UInt8>, at start: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        let source = UnsafeRawBufferPointer(bytes)
        var place = start
        place[0] = UInt8(ascii: "\"")
        place += 1
        var next = 0
        while next + 8 <= source.count {
            let word = source.loadUnaligned(fromByteOffset: next, as: UInt64.self)
            if !needsEscape(word) {
                UnsafeMutableRawPointer(place).storeBytes(of: word, as: UInt64.self)
                place += 8
            } else {
                for byte in source[next..<next + 8] { place = put(byte, at: place) }
            }
            next += 8
        }
        while next < source.count {
            place = put(source[next], at: place)
            next += 1
        }
        place[0] = UInt8(ascii: "\"")
        return place + 1
    }

    /// Whether any of eight bytes is a control character, `"`, `\`, `<`, `>` or `&`. Source: "Bit Twiddling Hacks", hasless and
    /// haszero.
    @inline(__always)
    private static func needsEscape(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        func has(_ byte: UInt8) -> UInt64 {
            let difference = word ^ (ones &* UInt64(byte))
            return (difference &- ones) & ~difference
        }
        let controls = (word &- ones &* 0x20) & ~word
        // `<` and `>` differ in one bit.
        let angles = (word & ~(ones &* 2)) ^ (ones &* 0x3C)
        let found =
            controls | has(UInt8(ascii: "\"")) | has(UInt8(ascii: "\\")) | has(UInt8(ascii: "&"))
            | ((angles &- ones) & ~angles)
        return found & (ones &* 0x80) != 0
    }

    @inline(__always)
    private static func put(_ byte: UInt8, at place: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<
        UInt8
    > {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            place[0] = UInt8(ascii: "\\")
            place[1] = byte
            return place + 2
        case 0..<0x20, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
            return escape(byte, at: place)
        default:
            place[0] = byte
            return place + 1
        }
    }

    private static func escape(_ byte: UInt8, at place: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<
        UInt8
    > {
        let short: UInt8? =
            switch byte {
            case 0x0A: UInt8(ascii: "n")
            case 0x0D: UInt8(ascii: "r")
            case 0x09: UInt8(ascii: "t")
            default: nil
            }
        place[0] = UInt8(ascii: "\\")
        if let short {
            place[1] = short
            return place + 2
        }
        place[1] = UInt8(ascii: "u")
        place[2] = UInt8(ascii: "0")
        place[3] = UInt8(ascii: "0")
        place[4] = hexDigit(byte >> 4)
        place[5] = hexDigit(byte & 15)
        return place + 6
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
