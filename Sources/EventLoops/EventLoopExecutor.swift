public import NIOCore

/// Runs tasks on an event loop, so that work passes no other thread between a socket and its handler. What blocks or
/// computes for long goes to `WorkerThreads`, as anywhere.
public final class EventLoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    public init(_ loop: any EventLoop) {
        self.loop = loop
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
