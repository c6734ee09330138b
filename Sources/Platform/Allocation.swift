import CMalloc

/// How the process' memory is taken from the system.
public enum Allocation {
    /// Lets threads share as many arenas as there are cores. By default glibc makes eight for each core, and what one
    /// thread has freed in its arena is of no use to the others: threads that take turns at heavy work hold many times of
    /// what they need. To be called before the first thread is started.
    public static func shareArenas(cores: Int) {
        _ = mallopt(M_ARENA_MAX, CInt(clamping: max(cores, 2)))
    }

    /// Lets what is freed go back to the system: pieces of two mebibytes and more at once, the free end of an arena from four
    /// on. By default glibc raises both limits with the largest piece that it has seen freed, up to 32 and 64 MiB, so that
    /// a program holds for good what one heavy query took. To be called before the first thread is started.
    public static func giveBackFreed() {
        _ = mallopt(M_MMAP_THRESHOLD, 2 << 20)
        _ = mallopt(M_TRIM_THRESHOLD, 4 << 20)
    }

    /// Gives what is free within the arenas back to the system where that is more than `limit` bytes: a few long-lived pieces
    /// behind much that a crowd of queries has freed keep it there otherwise. Takes some 0.1 ms a mebibyte, in which threads that
    /// allocate wait.
    public static func trim(above limit: Int) {
        if mallinfo2().fordblks > limit { malloc_trim(0) }
    }
}
