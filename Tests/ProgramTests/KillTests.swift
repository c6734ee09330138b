import TestKit
import Testing
import Wire

#if canImport(Glibc)
    import Glibc
#endif

/// The server is killed again and again while others write to it.
@Suite struct KillTests {
    private static let seriesCount = 50
    private static let rounds = 20

    /// A request with one sample a series; the value is the round and the number of the request.
    private static func request(_ number: Int, at time: Int64) -> [UInt8] {
        var message = ByteBuffer()
        for series in 0..<seriesCount {
            message.appendProtobuf(1) { part in
                for (name, value) in [("__name__", "written"), ("i", "\(series)")] {
                    part.appendProtobuf(1) { pair in
                        pair.appendProtobuf(1, string: name)
                        pair.appendProtobuf(2, string: value)
                    }
                }
                part.appendProtobuf(2) { sample in
                    sample.appendProtobuf(1, double: Double(number))
                    sample.appendProtobuf(2, varint: UInt64(time))
                }
            }
        }
        var compressed = ByteBuffer()
        Snappy.compress(message.bytes, into: &compressed)
        return Array(compressed.bytes)
    }

    private static func now() -> Int64 {
        var clock = timespec()
        clock_gettime(CLOCK_REALTIME, &clock)
        return Int64(clock.tv_sec) * 1000 + Int64(clock.tv_nsec) / 1_000_000
    }

    /// Nothing that was answered is lost in 20 rounds, nothing shows that was not sent, and a request is
    /// there as a whole or not at all.
    @Test func nothingAnsweredIsLost() async throws {
        let folder = TemporaryFolder()
        let headers = ["Content-Type": "application/x-protobuf", "Content-Encoding": "snappy"]
        // Small segments and short blocks, so that the kill meets every kind of work.
        let flags = [
            "--web.enable-remote-write-receiver", "--storage.tsdb.wal-segment-size=1MB",
            "--storage.tsdb.samples-per-chunk=10",
        ]
        /// Requests by time: whether they were answered.
        var sent: [Int64: Bool] = [:]
        var last: Int64 = 0
        for round in 0...Self.rounds {
            let server = try await ServerUnderTest("global: {}\n", flags: flags, in: folder)
            // More than one request a millisecond: the times run ahead of the clock.
            let query = "/api/v1/query?time=\(last / 1000 + 1)&query="
            let found = try Self.samples(
                server.get(query + UpUnderTest.encoded(#"{__name__="written"}[1h]"#)))
            for (time, isAnswered) in sent {
                let count = found[time] ?? 0
                #expect(
                    count == Self.seriesCount || (count == 0 && !isAnswered),
                    "round \(round): \(count) samples of the request at \(time), answered: \(isAnswered)")
            }
            #expect(found.keys.allSatisfy { sent[$0] != nil })
            // What was not answered and is there counts from here on.
            for time in found.keys { sent[time] = true }
            for (time, isAnswered) in sent where !isAnswered { sent[time] = nil }
            if round == Self.rounds {
                #expect(sent.count > Self.rounds)
                try await server.stop()
                break
            }
            let end = Self.now() + Int64.random(in: 20...400)
            let pid = server.program.pid
            // Killed by another thread, in the middle of whatever is going on.
            async let killer: Void = Self.kill(pid, at: end)
            while server.program.poll() == nil {
                let time = max(Self.now(), last + 1)
                last = time
                sent[time] = false
                let answer = try? LocalHTTP.request(
                    "POST", server.port, "/api/v1/write", headers: headers,
                    body: Self.request(sent.count, at: time))
                if answer?.status == 204 { sent[time] = true }
                await Task.yield()
            }
            try await killer
            #expect(try await server.program.end() == .signal(SIGKILL))
        }
    }

    private static func kill(_ pid: Int32, at time: Int64) async throws {
        try await Task.sleep(for: .milliseconds(max(time - now(), 1)))
        Glibc.kill(pid, SIGKILL)
    }

    /// How many samples an answer has at each time.
    private static func samples(_ answer: String) throws -> [Int64: Int] {
        guard answer.hasPrefix(#"{"status":"success""#) else { throw TestFailure(String(answer.prefix(500))) }
        var counts: [Int64: Int] = [:]
        // Points look like [1435781451.781,"1"].
        for part in answer.split(separator: "[") {
            guard let comma = part.firstIndex(of: ","), let seconds = Double(part[..<comma]) else { continue }
            counts[Int64((seconds * 1000).rounded()), default: 0] += 1
        }
        return counts
    }
}
