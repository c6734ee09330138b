#if canImport(Glibc)
    import Glibc
#endif

/// The pages of the program's own files in memory.
public enum ProgramCode {
    /// Takes code pages out of this process' memory; those that are used come back from the page cache at their next use.
    ///
    /// A start touches most of the executable and its libraries (relocations, registration of types, parsing of flags) and
    /// the work after it a tenth. To be called once when a program that stays has started. Pages that were written to, as
    /// relocated data, are not touched.
    public static func unmapUnused() {
        guard let file = fopen("/proc/self/maps", "re") else { return }
        defer { fclose(file) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while getline(&line, &capacity, file) > 0, let line {
            guard let range = codeRange(String(cString: line)),
                let start = UnsafeMutableRawPointer(bitPattern: range.lowerBound)
            else { continue }
            madvise(start, range.count, MADV_DONTNEED)
        }
    }

    /// The addresses of a line of /proc/PID/maps when it is a file's that can be executed and never written.
    static func codeRange(_ line: String) -> Range<UInt>? {
        // 55d0a0000000-55d0a3733000 r-xp 00000000 fe:00 1234   /usr/local/bin/martlet
        let fields = line.split(whereSeparator: { $0 == " " || $0 == "\n" })
        guard fields.count >= 6, fields[1] == "r-xp", fields[5].hasPrefix("/") else { return nil }
        let ends = fields[0].split(separator: "-")
        guard ends.count == 2, let start = UInt(ends[0], radix: 16), let end = UInt(ends[1], radix: 16),
            start < end
        else { return nil }
        return start..<end
    }
}
