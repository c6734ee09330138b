import Platform

#if canImport(Glibc)
    import Glibc
#endif

/// Follows /dev/kmsg on a thread of its own, from now on: what was killed before the start was told by
/// whoever ran then. Needs CAP_SYSLOG on most systems; without it there is nothing to follow.
final class KernelLogReader: Sendable {
    private let thread: WorkerThreads
    private let stopSignal = StopSignal()

    /// - Returns: nil when the log may not be read.
    init?(path: String = "/dev/kmsg", onVictim: @escaping @Sendable (KernelLog.Victim) -> Void) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        guard lseek(descriptor, 0, SEEK_END) >= 0 else {
            close(descriptor)
            return nil
        }
        thread = WorkerThreads(name: "kmsg", count: 1, stackSize: 256 << 10)
        thread.submit { [stopSignal] in
            KernelLogReader.follow(descriptor, stop: stopSignal, onVictim: onVictim)
            close(descriptor)
        }
    }

    deinit { stop() }

    func stop() {
        stopSignal.stop()
        thread.shutDown()
    }

    private static func follow(_ descriptor: Int32, stop: StopSignal, onVictim: (KernelLog.Victim) -> Void) {
        var log = KernelLog()
        var buffer = [UInt8](repeating: 0, count: 8192)
        while true {
            var questions = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: stop.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&questions, 2, -1) > 0 || errno == EINTR else { return }
            if questions[1].revents != 0 { return }
            // Each read gives one record; EPIPE says that records were overwritten.
            let count = read(descriptor, &buffer, buffer.count)
            if count > 0 {
                let record = String(decoding: buffer[..<count], as: UTF8.self)
                let line = record.prefix { $0 != "\n" }
                if let victim = log.take(line) { onVictim(victim) }
            } else if count == 0 || (errno != EPIPE && errno != EAGAIN && errno != EINTR) {
                return
            }
        }
    }
}
