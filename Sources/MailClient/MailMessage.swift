import Wire

#if canImport(Glibc)
    import Glibc
#endif

/// A mail of plain text.
public struct MailMessage: Sendable {
    public var from: MailAddress
    /// Shown before the address; "" for none.
    public var fromName = ""
    public var to: [MailAddress]
    public var subject: String
    public var text: String
    /// Milliseconds since 1970.
    public var date: Int64
    /// Told apart from all other mails of this sender by it.
    public var id: String

    public init(
        from: MailAddress, fromName: String = "", to: [MailAddress], subject: String, text: String,
        date: Int64, id: String
    ) {
        self.from = from
        self.fromName = fromName
        self.to = to
        self.subject = subject
        self.text = text
        self.date = date
        self.id = id
    }

    /// What follows `DATA`, without the dot at its end. Source: RFC 5322, RFC 2045 to 2047.
    ///
    /// Texts of others stand in it as Base64 alone, so that none can begin a line, a header or the end.
    var bytes: [UInt8] {
        let domain = from.text.split(separator: "@").last.map(String.init) ?? "localhost"
        let safeID = String(decoding: id.utf8.filter(MailAddress.isAlphanumeric), as: UTF8.self)
        var lines = [
            "From: " + (fromName.isEmpty ? "" : MailMessage.encoded(fromName) + "\r\n ") + "<\(from.text)>",
            "To: " + to.map { "<\($0.text)>" }.joined(separator: ",\r\n "),
            "Subject: " + MailMessage.encoded(subject), "Date: " + MailMessage.date(date),
            "Message-ID: <\(safeID)@\(domain)>", "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", "",
        ]
        var rest = Substring(Base64.encode(Array(MailMessage.wholeLines(text).utf8)))
        while !rest.isEmpty {
            lines.append(String(rest.prefix(76)))
            rest = rest.dropFirst(76)
        }
        return Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
    }

    /// With the line ends that texts have in mails.
    private static func wholeLines(_ text: String) -> String {
        text.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n")
    }

    /// A text as encoded words, each of at most 75 characters on a line of its own.
    static func encoded(_ text: String) -> String {
        var words: [String] = []
        var bytes: [UInt8] = []
        // The longest that still fits; a header of a text without end helps nobody.
        for scalar in text.unicodeScalars.prefix(800) {
            let next = Array(String(scalar).utf8)
            if bytes.count + next.count > 45 {
                words.append("=?utf-8?B?" + Base64.encode(bytes) + "?=")
                bytes = []
            }
            bytes += next
        }
        words.append("=?utf-8?B?" + Base64.encode(bytes) + "?=")
        return words.joined(separator: "\r\n ")
    }

    private static func date(_ milliseconds: Int64) -> String {
        var seconds = time_t(milliseconds / 1000)
        var time = tm()
        gmtime_r(&seconds, &time)
        func name(_ names: [String], _ index: Int32) -> String {
            names.indices.contains(Int(index)) ? names[Int(index)] : ""
        }
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let day = name(["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"], time.tm_wday)
        let month = name(
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], time.tm_mon)
        let clock = [time.tm_hour, time.tm_min, time.tm_sec].map(two).joined(separator: ":")
        return "\(day), \(two(time.tm_mday)) \(month) \(time.tm_year + 1900) \(clock) +0000"
    }
}
