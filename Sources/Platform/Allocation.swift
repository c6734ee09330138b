import CMalloc

/// How the process' memory is taken from the system.
public enum Allocation {
    /// Lets threads share as many arenas as there are cores. By default glibc makes eight for each core, and what one
    /// thread has freed in its arena is of no use to the others: threads that take turns at heavy work hold many times of
    /// what they need. To be called before the first thread is started.
    public static func shareArenas(cores: Int) {
        _ = mallopt(M_ARENA_MAX, CInt(clamping: max(cores, 2)))
    }
}
