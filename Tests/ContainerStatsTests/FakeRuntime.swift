import Platform
import Synchronization
import TestKit

#if canImport(Glibc)
    import Glibc
#endif

/// A unix socket that answers GET requests as a test wants, to stand for a container runtime.
final class FakeRuntime: Sendable {
    let folder = TemporaryFolder()
    var socket: String { folder.path + "/runtime.sock" }

    /// What to do with a request's target.
    enum Reply: Sendable {
        case json(String)
        case status(Int, String)
        /// The bytes as they are, head and all.
        case raw(String)
        /// Nothing, for as long as the runtime lives.
        case silence
        /// A chunked answer whose lines come from ``FakeRuntime/send(_:)``.
        case stream
    }

    private let handler: @Sendable (String) -> Reply
    private let requests = Mutex<[String]>([])
    private let streams = Mutex<[Int32]>([])
    private let open = Mutex<[Int32]>([])
    private let listener: Int32
    private let isStopped = Atomic(false)
    private let threads = WorkerThreads(name: "runtime", count: 8)

    init(_ handler: @escaping @Sendable (String) -> Reply) {
        self.handler = handler
        listener = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array((folder.path + "/runtime.sock").utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        listen(listener, 64)
        threads.submit { [weak self, listener] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0, let self else { return }
                threads.submit { [weak self] in self?.serve(connection) }
            }
        }
    }

    deinit { stop() }

    func stop() {
        guard !isStopped.exchange(true, ordering: .relaxed) else { return }
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        for connection in open.withLock({ $0 }) { shutdown(connection, Int32(SHUT_RDWR)) }
        threads.shutDown()
    }

    /// The targets that were asked for.
    var targets: [String] { requests.withLock { $0 } }

    var followers: Int { streams.withLock { $0.count } }

    /// Sends a line to all who follow the stream.
    func send(_ line: String) {
        let chunk = "\(String(line.utf8.count + 1, radix: 16))\r\n\(line)\n\r\n"
        for connection in streams.withLock({ $0 }) { FakeRuntime.write(chunk, to: connection) }
    }

    private func serve(_ connection: Int32) {
        open.withLock { $0.append(connection) }
        var head: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !head.suffix(4).elementsEqual([13, 10, 13, 10]) {
            let count = read(connection, &buffer, buffer.count)
            guard count > 0 else { return }
            head += buffer[..<count]
        }
        let words = String(decoding: head, as: UTF8.self).split(separator: " ")
        let target = words.count > 1 ? String(words[1]) : ""
        requests.withLock { $0.append(words[0] + " " + target) }
        switch handler(target) {
        case .json(let text):
            FakeRuntime.write(
                "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)",
                to: connection)
        case .status(let status, let text):
            FakeRuntime.write(
                "HTTP/1.1 \(status) X\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)", to: connection)
        case .raw(let text): FakeRuntime.write(text, to: connection)
        case .silence: return
        case .stream:
            FakeRuntime.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", to: connection)
            streams.withLock { $0.append(connection) }
            return
        }
        shutdown(connection, Int32(SHUT_RDWR))
        open.withLock { $0.removeAll { $0 == connection } }
        close(connection)
    }

    private static func write(_ text: String, to connection: Int32) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
}

/// Waits until something holds, at most a minute: tests share the machine.
func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    for _ in 0..<3000 {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(20))
    }
    return false
}
