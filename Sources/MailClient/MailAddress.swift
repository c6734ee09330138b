/// Where a mail goes to or comes from: `ada@example.org`.
public struct MailAddress: Sendable, Equatable {
    /// Without a name and without angle brackets.
    public let text: String

    /// Reads an address, also in the form `Ada <ada@example.org>`; the name is left out.
    ///
    /// Quoted local parts and domains in other letters than ASCII are not taken: nothing in an address can end a
    /// line or a command.
    ///
    /// - Returns: nil for what is no address.
    public init?(_ given: String) {
        guard given.utf8.allSatisfy({ $0 >= 32 && $0 != 127 }) else { return nil }
        var text = Substring(given)
        if let open = text.lastIndex(of: "<"), text.last == ">" {
            text = text[text.index(after: open)...].dropLast()
        }
        let blanks = text.prefix { $0 == " " }.count
        text = text.dropFirst(blanks)
        while text.last == " " { text.removeLast() }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 254, !parts[0].isEmpty, parts[0].utf8.count <= 64,
            !parts[1].isEmpty, !parts[1].hasPrefix("-"), !parts[1].hasPrefix(".")
        else { return nil }
        let isLocal = parts[0].utf8.allSatisfy { byte in
            MailAddress.isAlphanumeric(byte) || "!#$%&'*+-/=?^_`{|}~.".utf8.contains(byte)
        }
        let isDomain = parts[1].utf8.allSatisfy { byte in
            MailAddress.isAlphanumeric(byte) || "-.[]:".utf8.contains(byte)
        }
        guard isLocal, isDomain else { return nil }
        self.text = String(text)
    }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        let letter = byte | 0x20
        return (letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z"))
            || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
    }

    /// Reads addresses with commas, semicolons or line ends between them.
    ///
    /// - Returns: the addresses, and what is none.
    public static func list(_ text: String) -> (addresses: [MailAddress], others: [String]) {
        var (addresses, others): ([MailAddress], [String]) = ([], [])
        for part in text.split(whereSeparator: { $0 == "," || $0 == ";" || $0.isNewline })
        where part.contains(where: { !$0.isWhitespace }) {
            if let address = MailAddress(String(part)) {
                addresses.append(address)
            } else {
                others.append(String(part))
            }
        }
        return (addresses, others)
    }
}
