#if canImport(Glibc)
    import Glibc
#endif

/// Memory straight from the kernel, zero-filled, resident only where touched. For long-lived data in
/// large pieces, which would otherwise stay with the allocator of whatever thread made it.
public enum PageMemory {
    /// - Parameter byteCount: above 0; rounded up to whole pages by the kernel.
    public static func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
        let base = mmap(
            nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let base, base != MAP_FAILED else {
            fatalError("no memory: cannot map \(byteCount) bytes")
        }
        return base
    }

    /// - Parameter byteCount: as given to ``allocate(_:)``.
    public static func free(_ base: UnsafeMutableRawPointer, _ byteCount: Int) {
        munmap(base, byteCount)
    }

    /// Gives whole pages inside the range back to the kernel; they read as zero afterwards.
    public static func discard(_ base: UnsafeMutableRawPointer, _ byteCount: Int) {
        madvise(base, byteCount, MADV_DONTNEED)
    }
}
