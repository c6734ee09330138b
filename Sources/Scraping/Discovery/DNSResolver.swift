#if canImport(Glibc)
    import Glibc
#endif

/// Asks name servers. All calls block, for seconds when a server is silent: for worker threads.
struct DNSResolver {
    /// Addresses, with `:port` or `[v6]:port` where it is not 53.
    let servers: [String]

    /// Milliseconds to wait for one server.
    private static let timeout = 5_000

    /// The servers of `/etc/resolv.conf`; this machine when it names none.
    static func systemServers() -> [String] {
        guard let file = fopen("/etc/resolv.conf", "r") else { return ["127.0.0.1"] }
        defer { fclose(file) }
        var servers: [String] = []
        var line = [CChar](repeating: 0, count: 1024)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let words = text.split { $0.isWhitespace }
            if words.count > 1, words[0] == "nameserver" { servers.append(String(words[1])) }
        }
        return servers.isEmpty ? ["127.0.0.1"] : servers
    }

    /// The records of a name; none when the name does not exist.
    ///
    /// - Throws: `discovery` when no server answers.
    func records(of name: String, type: DNSDiscoverySettings.RecordType) throws(ScrapingError) -> [DNSRecord]
    {
        let id = UInt16.random(in: 0 ... .max)
        guard let question = DNSMessage.question(name, type: type, id: id) else {
            throw ScrapingError(.discovery, "cannot look up \"\(name)\": not a name")
        }
        var reason = "there are no name servers"
        for server in servers {
            let isAnswered: DNSMessage.Answer?
            do {
                isAnswered = try ask(server, question, id, type)
            } catch {
                reason = "\(server): \(error.message)"
                continue
            }
            guard let answer = isAnswered, answer.status == 0 || answer.status == 3 else {
                reason = "\(server) answers with an error"
                continue
            }
            return answer.records
        }
        throw ScrapingError(.discovery, "cannot look up \"\(name)\": \(reason)")
    }

    private func ask(
        _ server: String, _ question: [UInt8], _ id: UInt16, _ type: DNSDiscoverySettings.RecordType
    ) throws(ScrapingError) -> DNSMessage.Answer? {
        let datagram = try exchange(server, question, isStream: false)
        guard let answer = DNSMessage.answer(datagram, to: id, type: type) else { return nil }
        guard answer.isTruncated else { return answer }
        let length = [UInt8(question.count >> 8), UInt8(question.count & 0xFF)]
        let stream = try exchange(server, length + question, isStream: true)
        return DNSMessage.answer(Array(stream.dropFirst(2)), to: id, type: type)
    }

    private func exchange(_ server: String, _ message: [UInt8], isStream: Bool) throws(ScrapingError)
        -> [UInt8]
    {
        let (host, port) = Self.split(server)
        var hints = addrinfo()
        hints.ai_socktype = Int32((isStream ? SOCK_STREAM : SOCK_DGRAM).rawValue)
        hints.ai_flags = AI_NUMERICHOST
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, port, &hints, &found) == 0, let address = found else {
            throw ScrapingError(.discovery, "not an address")
        }
        defer { freeaddrinfo(found) }
        let descriptor = socket(
            address.pointee.ai_family, address.pointee.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        var limit = timeval(tv_sec: Self.timeout / 1000, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0,
            send(descriptor, message, message.count, Int32(MSG_NOSIGNAL)) == message.count
        else { throw failure() }
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_537)
        repeat {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { throw failure() }
            result += buffer[..<count]
        } while isStream && (result.count < 2 || result.count < 2 + Int(result[0]) << 8 | Int(result[1]))
        return result
    }

    private func failure() -> ScrapingError {
        ScrapingError(.discovery, errno == EAGAIN ? "no answer" : String(cString: strerror(errno)))
    }

    private static func split(_ server: String) -> (host: String, port: String) {
        if server.hasPrefix("["), let end = server.lastIndex(of: "]") {
            let port = server[server.index(after: end)...].dropFirst()
            return (
                String(server[server.index(after: server.startIndex)..<end]),
                port.isEmpty ? "53" : String(port)
            )
        }
        let parts = server.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 ? (String(parts[0]), String(parts[1])) : (server, "53")
    }
}
