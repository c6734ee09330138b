import CEpoll
import Platform
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Is told, on the thread of its ``SocketLoop``, that its socket can be read or written, or has ended.
public protocol SocketHandler: AnyObject {
    /// Called again as long as the socket is ready.
    func isReady()
}

/// One thread that waits for sockets and for moments, runs what they set off, and runs tasks: what serves many sockets with
/// little work each costs a fraction of what it costs on an event loop of NIO, which is made for all that a server needs.
///
/// All but ``execute(_:)``, ``enqueue(_:)`` and ``isCurrent`` is called on the thread of the loop only, and nothing there may
/// block or compute for long.
public final class SocketLoop: TaskExecutor, @unchecked Sendable {
    /// Something that is to happen at a moment.
    public final class Timer {
        fileprivate var action: (() -> Void)?

        fileprivate init(_ action: @escaping () -> Void) { self.action = action }

        /// Nothing happens at the moment any more.
        public func cancel() { action = nil }
    }

    private enum Work {
        case task(UnownedJob)
        case call(@Sendable () -> Void)
    }

    private struct Watched {
        var handler: any SocketHandler
        /// Tells an event of this socket from one of a closed socket whose number it got.
        var generation: UInt32
    }

    /// What other threads want done.
    private struct Inbox {
        var work: [Work] = []
        var isAsleep = false
    }

    /// The loops of this process: one for every four processors, since what they do is little.
    private static let all = (0..<max(1, min(4, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) / 4))).map { _ in
        SocketLoop(name: "sockets")
    }
    private static let turn = Atomic<Int>(0)

    /// One of the loops of this process, in turn.
    public static func next() -> SocketLoop {
        all[turn.wrappingAdd(1, ordering: .relaxed).oldValue & Int.max % all.count]
    }

    /// The loop whose thread this is.
    public static var current: SocketLoop? { all.first { $0.isCurrent } }

    private let inbox = Mutex(Inbox())
    private let thread = Atomic<UInt>(0)
    private let poll: Int32
    private let bell: Int32

    // Touched on the thread only.
    private var ready: [Work] = []
    private var running: [Work] = []
    private var watched: [Int32: Watched] = [:]
    private var generation: UInt32 = 0
    /// A binary heap, the next one first.
    private var timers: [(moment: UInt64, timer: Timer)] = []

    private init(name: String) {
        poll = epoll_create1(Int32(EPOLL_CLOEXEC))
        bell = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        precondition(poll >= 0 && bell >= 0, "cannot wait for sockets: error \(errno)")
        var event = epoll_event()
        event.events = EPOLLIN.rawValue
        event.data.u64 = UInt64(UInt32(bitPattern: bell))
        epoll_ctl(poll, EPOLL_CTL_ADD, bell, &event)
        startThread(name: name, stackSize: 1 << 20) { self.run() }
    }

    /// Whether this is the thread of the loop. Asked on any.
    public var isCurrent: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    // MARK: - Work

    public func enqueue(_ job: consuming ExecutorJob) { add(.task(UnownedJob(job))) }

    /// Has the thread call something soon.
    public func execute(_ body: @escaping @Sendable () -> Void) { add(.call(body)) }

    private func add(_ work: Work) {
        if isCurrent { return ready.append(work) }
        let isAsleep = inbox.withLock { inbox in
            inbox.work.append(work)
            return inbox.isAsleep
        }
        if isAsleep { eventfd_write(bell, 1) }
    }

    // MARK: - Moments

    /// Has something called at a moment of ``MonotonicTime``, at most a millisecond late if the thread is idle.
    public func at(_ moment: UInt64, _ action: @escaping () -> Void) -> Timer {
        let timer = Timer(action)
        timers.append((moment, timer))
        var place = timers.count - 1
        while place > 0, timers[(place - 1) / 2].moment > timers[place].moment {
            timers.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
        return timer
    }

    private func popTimer() -> Timer {
        timers.swapAt(0, timers.count - 1)
        let first = timers.removeLast().timer
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < timers.count {
                if timers[child].moment < timers[least].moment { least = child }
            }
            if least == place { return first }
            timers.swapAt(place, least)
            place = least
        }
    }

    /// Calls what is due. Returns the milliseconds until the next moment, or -1.
    private func ring() -> Int32 {
        while let first = timers.first {
            if first.timer.action != nil {
                let now = MonotonicTime.nanoseconds()
                if first.moment > now {
                    return Int32(min((first.moment - now + 999_999) / 1_000_000, 60_000))
                }
            }
            popTimer().action?()
        }
        return -1
    }

    // MARK: - Sockets

    /// What to wait for, beside the end of a socket.
    public enum Readiness {
        case reading, writing

        fileprivate var events: UInt32 {
            self == .reading ? EPOLLIN.rawValue | EPOLLRDHUP.rawValue : EPOLLOUT.rawValue
        }
    }

    /// Tells a handler whenever a socket is ready, until ``forget(_:)``.
    public func watch(_ socket: Int32, for readiness: Readiness, _ handler: any SocketHandler) {
        generation &+= 1
        let isKnown =
            watched.updateValue(Watched(handler: handler, generation: generation), forKey: socket) != nil
        var event = epoll_event()
        event.events = readiness.events
        event.data.u64 = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: socket))
        epoll_ctl(poll, isKnown ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event)
    }

    /// Call before the socket is closed.
    public func forget(_ socket: Int32) {
        guard watched.removeValue(forKey: socket) != nil else { return }
        var event = epoll_event()
        epoll_ctl(poll, EPOLL_CTL_DEL, socket, &event)
    }

    // MARK: - The thread

    private func run() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: 64) { events in
            while true {
                runReady()
                let timeout = ring()
                let hasWork = inbox.withLock { inbox in
                    inbox.isAsleep = inbox.work.isEmpty && ready.isEmpty
                    return !inbox.isAsleep
                }
                let count = epoll_wait(poll, events.baseAddress, Int32(events.count), hasWork ? 0 : timeout)
                inbox.withLock { $0.isAsleep = false }
                for place in 0..<max(0, Int(count)) { tell(events[place].data.u64) }
            }
        }
    }

    private func runReady() {
        swap(&ready, &running)
        inbox.withLock { inbox in
            if running.isEmpty {
                swap(&running, &inbox.work)
            } else if !inbox.work.isEmpty {
                running += inbox.work
                inbox.work.removeAll(keepingCapacity: true)
            }
        }
        for work in running {
            switch work {
            case .task(let job): job.runSynchronously(on: asUnownedTaskExecutor())
            case .call(let body): body()
            }
        }
        running.removeAll(keepingCapacity: running.count < 1024)
    }

    private func tell(_ identity: UInt64) {
        let socket = Int32(truncatingIfNeeded: identity)
        if socket == bell {
            var value: UInt64 = 0
            eventfd_read(bell, &value)
        } else if let known = watched[socket], known.generation == UInt32(identity >> 32) {
            known.handler.isReady()
        }
    }
}
