import Platform

#if canImport(Glibc)
    import Glibc
#endif

/// GET requests over a unix socket, for container runtimes. Blocks its thread, for a bounded time; the
/// answer is bounded too. Never sends anything but GET.
struct UnixSocketHTTP: Sendable {
    /// The path of the socket.
    let socket: String
    /// Milliseconds for a whole request.
    var timeout: Int = 3000
    /// The most bytes of an answer.
    var answerMax = 16 << 20

    struct Answer {
        var status: Int
        /// Names in small letters.
        var headers: [String: String]
        var body: [UInt8]
    }

    /// - Throws: `runtime` when there is no socket, no answer in time, or none that is HTTP.
    func get(_ target: String) throws(ContainerStatsError) -> Answer {
        var connection = try Connection(
            self, target: target, deadline: Deadline(milliseconds: timeout), stop: nil)
        defer { connection.close() }
        var answer = try connection.head(answerMax)
        while let part = try connection.body() {
            guard answer.body.count + part.count <= answerMax else {
                throw failure(target, "the answer is larger than \(answerMax) bytes")
            }
            answer.body += part
        }
        return answer
    }

    /// Follows an answer that does not end, line by line.
    ///
    /// - Parameters:
    ///   - stop: ends the reading from another thread.
    ///   - onOpen: called when the peer has begun to answer.
    ///   - line: a line without its newline.
    /// - Returns: when the peer has closed, or `stop` was raised.
    func follow(
        _ target: String, stop: StopSignal, onOpen: () -> Void, line: (ArraySlice<UInt8>) -> Void
    ) throws(ContainerStatsError) {
        var connection = try Connection(
            self, target: target, deadline: Deadline(milliseconds: timeout), stop: stop)
        defer { connection.close() }
        let answer = try connection.head(answerMax)
        guard answer.status == 200 else { throw failure(target, "status \(answer.status)") }
        onOpen()
        connection.deadline = Deadline(milliseconds: nil)
        var rest: [UInt8] = []
        while let part = try connection.body() {
            rest += part
            var start = 0
            while let end = rest[start...].firstIndex(of: 0x0A) {
                if end > start { line(rest[start..<end]) }
                start = end + 1
            }
            rest.removeFirst(start)
            guard rest.count <= 1 << 20 else { throw failure(target, "a line is longer than 1 MB") }
        }
    }

    fileprivate func failure(_ target: String, _ reason: String) -> ContainerStatsError {
        ContainerStatsError(.runtime, "cannot get \(target) from \(socket): \(reason)")
    }
}

/// Wakes threads that wait for a peer, to end them.
final class StopSignal: Sendable {
    /// Readable once stopped.
    let descriptor: Int32
    private let writing: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "cannot make a pipe: error \(errno)")
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        descriptor = ends[0]
        writing = ends[1]
    }

    deinit {
        close(descriptor)
        close(writing)
    }

    func stop() {
        var byte: UInt8 = 1
        _ = write(writing, &byte, 1)
    }

    /// Waits at most so long. Returns whether it was stopped.
    func wait(milliseconds: Int32) -> Bool {
        var question = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&question, 1, milliseconds) > 0
    }
}

/// The moment until which a peer may take its time.
private struct Deadline {
    private let end: UInt64?

    init(milliseconds: Int?) {
        end = milliseconds.map { MonotonicTime.nanoseconds() + UInt64($0) * 1_000_000 }
    }

    /// For poll(2): -1 is for ever.
    var milliseconds: Int32 {
        guard let end else { return -1 }
        let now = MonotonicTime.nanoseconds()
        return now >= end ? 0 : Int32(clamping: (end - now) / 1_000_000 + 1)
    }
}

private struct Connection {
    let client: UnixSocketHTTP
    let target: String
    var deadline: Deadline
    let stop: StopSignal?
    private let descriptor: Int32
    private var pending: [UInt8] = []
    private var framing = Framing.untilClose
    private var isOver = false

    private enum Framing {
        case untilClose
        case length(Int)
        /// Bytes left of the chunk; nil before its size line.
        case chunked(Int?)
    }

    init(_ client: UnixSocketHTTP, target: String, deadline: Deadline, stop: StopSignal?)
        throws(ContainerStatsError)
    {
        self.client = client
        self.target = target
        self.deadline = deadline
        self.stop = stop
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array(client.socket.utf8)
        guard path.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw client.failure(target, "the path of the socket is too long")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let made = Glibc.socket(
            AF_UNIX,
            Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard made >= 0 else { throw client.failure(target, KernelPath.describe(errno)) }
        descriptor = made
        let status = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(made, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else {
            let code = errno
            Glibc.close(made)
            throw client.failure(target, KernelPath.describe(code))
        }
        let request = Array(
            "GET \(target) HTTP/1.1\r\nHost: localhost\r\nUser-Agent: martlet\r\nConnection: close\r\n\r\n"
                .utf8)
        var sent = 0
        while sent < request.count {
            let count = request.withUnsafeBytes {
                send(made, $0.baseAddress.map { $0 + sent }, $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                sent += count
            } else if errno == EAGAIN {
                var question = pollfd(fd: made, events: Int16(POLLOUT), revents: 0)
                guard poll(&question, 1, deadline.milliseconds) > 0 else {
                    Glibc.close(made)
                    throw client.failure(target, "no answer in \(client.timeout) ms")
                }
            } else {
                let code = errno
                Glibc.close(made)
                throw client.failure(target, KernelPath.describe(code))
            }
        }
    }

    func close() { Glibc.close(descriptor) }

    /// Appends what the peer sends next to what is pending. Returns false at the end.
    private mutating func receive() throws(ContainerStatsError) -> Bool {
        while true {
            var questions = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
            if let stop { questions.append(pollfd(fd: stop.descriptor, events: Int16(POLLIN), revents: 0)) }
            let ready = poll(&questions, nfds_t(questions.count), deadline.milliseconds)
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else { throw client.failure(target, "no answer in \(client.timeout) ms") }
            if questions.count > 1, questions[1].revents != 0 { return false }
            var buffer = [UInt8](repeating: 0, count: 16 * 1024)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count > 0 {
                pending += buffer[..<count]
                return true
            }
            if count == 0 { return false }
            guard errno == EAGAIN || errno == EINTR else {
                throw client.failure(target, KernelPath.describe(errno))
            }
        }
    }

    /// The next line without its end; nil when the peer has closed.
    private mutating func line() throws(ContainerStatsError) -> String? {
        while true {
            if let end = pending.firstIndex(of: 0x0A) {
                var text = pending[..<end]
                if text.last == 0x0D { text.removeLast() }
                let result = String(decoding: text, as: UTF8.self)
                pending.removeFirst(end + 1)
                return result
            }
            guard pending.count < 64 * 1024 else {
                throw client.failure(target, "a line of the head is longer than 64 KB")
            }
            guard try receive() else { return nil }
        }
    }

    mutating func head(_ limit: Int) throws(ContainerStatsError) -> UnixSocketHTTP.Answer {
        guard let status = try line() else {
            throw client.failure(target, "the peer closed without an answer")
        }
        let words = status.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let code = Int(words[1]) else {
            throw client.failure(target, "the answer is not HTTP")
        }
        var headers: [String: String] = [:]
        while let text = try line(), !text.isEmpty {
            guard let colon = text.firstIndex(of: ":"), headers.count < 200 else { continue }
            headers[text[..<colon].lowercased()] = text[text.index(after: colon)...].trimming
        }
        if headers["transfer-encoding"]?.lowercased().contains("chunked") == true {
            framing = .chunked(nil)
        } else if let length = headers["content-length"] {
            guard let length = Int(length), length >= 0, length <= limit else {
                throw client.failure(target, "the answer is larger than \(limit) bytes")
            }
            framing = .length(length)
        }
        return UnixSocketHTTP.Answer(status: code, headers: headers, body: [])
    }

    /// The next piece of the body; nil at its end.
    mutating func body() throws(ContainerStatsError) -> [UInt8]? {
        if isOver { return nil }
        switch framing {
        case .untilClose:
            if pending.isEmpty, try !receive() { return finish() }
            return take(pending.count)
        case .length(let left):
            guard left > 0 else { return finish() }
            if pending.isEmpty, try !receive() { throw client.failure(target, "the answer is cut off") }
            let part = take(min(left, pending.count))
            framing = .length(left - part.count)
            return part
        case .chunked(let left):
            guard let left else {
                guard let text = try line() else { return finish() }
                guard let size = Int(text.prefix { $0 != ";" }.trimming, radix: 16), size >= 0 else {
                    throw client.failure(target, "a chunk has no size")
                }
                if size == 0 { return finish() }
                framing = .chunked(size)
                return []
            }
            if pending.isEmpty, try !receive() { return finish() }
            let part = take(min(left, pending.count))
            if part.count == left {
                framing = .chunked(nil)
                _ = try line()
            } else {
                framing = .chunked(left - part.count)
            }
            return part
        }
    }

    private mutating func finish() -> [UInt8]? {
        isOver = true
        return nil
    }

    private mutating func take(_ count: Int) -> [UInt8] {
        let part = Array(pending.prefix(count))
        pending.removeFirst(count)
        return part
    }
}
