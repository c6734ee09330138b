/// A record of an answer, as far as discovery needs it. Names end with a dot.
enum DNSRecord: Sendable, Equatable {
    /// A or AAAA: the address as text.
    case address(String)
    case mail(String)
    case nameServer(String)
    case service(host: String, port: Int)
}

/// Questions and answers of DNS (RFC 1035, RFC 2782).
enum DNSMessage {
    static func code(_ type: DNSDiscoverySettings.RecordType) -> UInt16 {
        switch type {
        case .a: 1
        case .ns: 2
        case .mx: 15
        case .aaaa: 28
        case .srv: 33
        }
    }

    /// A recursive question, or nil when the name cannot be asked for.
    static func question(_ name: String, type: DNSDiscoverySettings.RecordType, id: UInt16) -> [UInt8]? {
        var bytes: [UInt8] = [UInt8(id >> 8), UInt8(id & 0xFF), 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0]
        var length = 0
        for part in name.split(separator: ".") {
            let part = Array(part.utf8)
            length += part.count + 1
            guard part.count <= 63, length <= 254 else { return nil }
            bytes.append(UInt8(part.count))
            bytes += part
        }
        guard length > 0 else { return nil }
        let code = code(type)
        return bytes + [0, UInt8(code >> 8), UInt8(code & 0xFF), 0, 1]
    }

    /// What an answer says.
    struct Answer: Equatable {
        /// 0 is success, 3 is "no such name".
        var status: Int
        /// The server had more to say than fits a datagram.
        var isTruncated: Bool
        var records: [DNSRecord]
    }

    /// Reads an answer; nil for bytes that are none, or one to another question.
    static func answer(_ bytes: [UInt8], to id: UInt16, type: DNSDiscoverySettings.RecordType) -> Answer? {
        var reader = Reader(bytes: bytes)
        guard let answerID = reader.word(), answerID == id, let flags = reader.word(), flags & 0x8000 != 0,
            let questionCount = reader.word(), let answerCount = reader.word(), reader.word() != nil,
            reader.word() != nil
        else { return nil }
        for _ in 0..<questionCount {
            guard reader.name() != nil, reader.word() != nil, reader.word() != nil else { return nil }
        }
        var records: [DNSRecord] = []
        for _ in 0..<answerCount {
            guard reader.name() != nil, let recordType = reader.word(), reader.word() != nil,
                reader.word() != nil,
                reader.word() != nil, let length = reader.word(), reader.position + Int(length) <= bytes.count
            else { return nil }
            let end = reader.position + Int(length)
            // Other types come along, for instance the aliases on the way.
            if recordType == code(type) {
                guard let record = reader.record(type, length: Int(length)) else { return nil }
                records.append(record)
            }
            reader.position = end
        }
        return Answer(status: Int(flags & 0xF), isTruncated: flags & 0x0200 != 0, records: records)
    }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        mutating func word() -> UInt16? {
            guard position + 2 <= bytes.count else { return nil }
            defer { position += 2 }
            return UInt16(bytes[position]) << 8 | UInt16(bytes[position + 1])
        }

        /// A name with its references to earlier ones resolved; always with a dot at the end.
        mutating func name() -> String? {
            var result: [UInt8] = []
            var place = position
            var hasJumped = false
            // Each reference must lead back, so a loop cannot go on for long.
            var jumps = 0
            while place < bytes.count {
                let length = Int(bytes[place])
                if length == 0 {
                    if !hasJumped { position = place + 1 }
                    return String(decoding: result.isEmpty ? [UInt8(ascii: ".")] : result, as: UTF8.self)
                }
                if length & 0xC0 == 0xC0 {
                    guard place + 1 < bytes.count, jumps < 64 else { return nil }
                    if !hasJumped { position = place + 2 }
                    hasJumped = true
                    jumps += 1
                    place = (length & 0x3F) << 8 | Int(bytes[place + 1])
                    continue
                }
                guard length < 64, place + 1 + length <= bytes.count, result.count + length < 256 else {
                    return nil
                }
                result += bytes[(place + 1)..<(place + 1 + length)]
                result.append(UInt8(ascii: "."))
                place += length + 1
            }
            return nil
        }

        mutating func record(_ type: DNSDiscoverySettings.RecordType, length: Int) -> DNSRecord? {
            switch type {
            case .a:
                guard length == 4 else { return nil }
                return .address(bytes[position..<position + 4].map(String.init).joined(separator: "."))
            case .aaaa:
                guard length == 16 else { return nil }
                return .address(IPv6Text.format(Array(bytes[position..<position + 16])))
            case .ns: return name().map { .nameServer($0) }
            case .mx:
                guard word() != nil else { return nil }
                return name().map { .mail($0) }
            case .srv:
                guard word() != nil, word() != nil, let port = word() else { return nil }
                return name().map { .service(host: $0, port: Int(port)) }
            }
        }
    }
}

/// IPv6 addresses as text (RFC 5952).
enum IPv6Text {
    /// - Parameter bytes: 16.
    static func format(_ bytes: [UInt8]) -> String {
        let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        // The longest run of zeros, the first of several, is written "::".
        var best = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, groups[end] == 0 { end += 1 }
            if end - start > max(best.count, 1) { best = start..<end }
            start = max(end, start + 1)
        }
        func text(_ range: Range<Int>) -> String {
            range.map { String(groups[$0], radix: 16) }.joined(separator: ":")
        }
        return best.isEmpty ? text(0..<8) : text(0..<best.lowerBound) + "::" + text(best.upperBound..<8)
    }
}
