import Platform

/// What was freed and is still the program's.
enum FreedMemory {
    /// Bytes that may stay for what comes next.
    private static let bytesMax = 32 << 20
    private static let thread = WorkerThreads(name: "memory", count: 1, stackSize: 256 << 10)

    /// Gives it back to the system soon, where it is much.
    static func giveBack() {
        thread.submit { Allocation.trim(above: bytesMax) }
    }
}
