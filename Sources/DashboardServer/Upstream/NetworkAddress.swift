#if canImport(Glibc)
    import Glibc
#endif

/// The host of a URL.
enum URLHost {
    /// Without port and brackets; "" when there is none.
    static func name(of url: String) -> String {
        guard let start = url.firstRange(of: "://") else { return "" }
        let authority = url[start.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if authority.hasPrefix("[") {
            return String(authority.dropFirst().prefix { $0 != "]" })
        }
        return String(authority.prefix { $0 != ":" })
    }
}

enum NetworkAddress {
    /// The addresses of a name, in the system's order. Blocks.
    static func resolve(_ host: String) -> [String] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &found) == 0 else { return [] }
        defer { freeaddrinfo(found) }
        var result: [String] = []
        var next = found
        while let entry = next {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let status = getnameinfo(
                entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0,
                NI_NUMERICHOST)
            if status == 0 {
                result.append(
                    String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
            }
            next = entry.pointee.ai_next
        }
        return result
    }

    /// Whether an address belongs to this link only, which is where clouds keep machines' secrets:
    /// 169.254.0.0/16, fe80::/10 and fd00:ec2::/32, also as IPv4 inside IPv6.
    static func isLinkLocal(_ address: String) -> Bool {
        var text = address.lowercased()
        if let zone = text.firstIndex(of: "%") { text = String(text[..<zone]) }
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 { return bytes[0] == 0xA9 && bytes[1] == 0xFE }
        guard inet_pton(AF_INET6, text, &bytes) == 1 else { return false }
        if bytes[0] == 0xFE, bytes[1] & 0xC0 == 0x80 { return true }
        if Array(bytes[..<4]) == [0xFD, 0x00, 0x0E, 0xC2] { return true }
        // ::ffff:a.b.c.d, ::a.b.c.d and 64:ff9b::a.b.c.d
        let isMapped =
            bytes[..<10].allSatisfy { $0 == 0 }
            || Array(bytes[..<4]) == [0x00, 0x64, 0xFF, 0x9B]
        return isMapped && bytes[12] == 0xA9 && bytes[13] == 0xFE
    }
}
