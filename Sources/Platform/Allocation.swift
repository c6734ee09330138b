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
}
