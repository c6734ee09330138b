import NIOCore

/// Runs tasks on the event loop of a connection, so that a request passes no other thread on its way from the socket
/// to its handler and back. What blocks or computes for long goes to `WorkerThreads`, as anywhere.
final class EventLoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
