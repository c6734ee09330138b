#if canImport(Glibc)
    import Glibc
#endif

/// A pthread condition variable with its mutex: blocks a thread until something becomes true.
public final class Condition: @unchecked Sendable {
    // Safe to share: pthread primitives at a stable address, touched through their own calls only.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let variable = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    public init() {
        mutex.initialize(to: pthread_mutex_t())
        variable.initialize(to: pthread_cond_t())
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(variable, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(variable)
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
        variable.deallocate()
    }

    /// Wakes one thread that waits, after what it waits for has become true.
    public func signal() {
        passMutex()
        pthread_cond_signal(variable)
    }

    /// As ``signal()``, for all threads that wait.
    public func broadcast() {
        passMutex()
        pthread_cond_broadcast(variable)
    }

    /// Whoever asked before what it waits for became true sleeps when this returns. The mutex is not held while threads are
    /// woken: they would wake only to wait for it.
    private func passMutex() {
        pthread_mutex_lock(mutex)
        pthread_mutex_unlock(mutex)
    }

    /// Asks `ready` until it answers, sleeping in between until signalled.
    @discardableResult
    public func wait<Value>(until ready: () -> Value?) -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let value = ready() { return value }
            pthread_cond_wait(variable, mutex)
        }
    }

    /// As ``wait(until:)``, but gives up (nil) at a moment of ``MonotonicTime``.
    public func wait<Value>(deadline: UInt64, until ready: () -> Value?) -> Value? {
        var moment = timespec()
        moment.tv_sec = Int(clamping: deadline / 1_000_000_000)
        moment.tv_nsec = Int(deadline % 1_000_000_000)
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let value = ready() { return value }
            if pthread_cond_timedwait(variable, mutex, &moment) == ETIMEDOUT { return ready() }
        }
    }
}
