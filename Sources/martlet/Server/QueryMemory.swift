import Platform

/// How much memory queries may take when no flag tells.
enum QueryMemory {
    /// A hundredth of the memory that the process may use, 128 MiB at least and 4 GiB at most.
    static var standard: Int {
        min(max(Int(clamping: MemoryLimit.current() / 100), 128 << 20), 4 << 30)
    }
}
