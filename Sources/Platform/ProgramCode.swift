#if canImport(Glibc)
    import Glibc
#endif

/// The pages of the program's own files in memory.
public enum ProgramCode {
    /// Takes code and constants out of this process' memory; pages that are used come back from the page cache at their
    /// next use.
    ///
    /// A start touches most of the executable and its libraries (relocations, registration of types, parsing of flags) and
    /// the work after it a tenth. To be called once when a program that stays has started. Mappings with pages that were
    /// written to, as relocated data, are not touched.
    public static func unmapUnused() {
        guard let file = fopen("/proc/self/smaps", "re") else { return }
        defer { fclose(file) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        var range: Range<UInt>?
        while getline(&line, &capacity, file) > 0, let line {
            let text = String(cString: line)
            if let size = anonymousSize(text) {
                // Nothing in it is this process' own.
                if size == 0, let range, let start = UnsafeMutableRawPointer(bitPattern: range.lowerBound) {
                    madvise(start, range.count, MADV_DONTNEED)
                }
            } else if text.first?.isUppercase == false {
                // The other lines of a mapping begin with a name, this one with its address.
                range = constantRange(text)
            }
        }
    }

    /// What a line of /proc/PID/smaps says of pages that are no file's, kB; nil for other lines.
    static func anonymousSize(_ line: String) -> Int? {
        guard line.hasPrefix("Anonymous:") else { return nil }
        return line.split(whereSeparator: { $0 == " " || $0 == "\n" }).dropFirst().first.flatMap { Int($0) }
    }

    /// The addresses of a line of /proc/PID/maps when it is of a file and can be read and not written.
    static func constantRange(_ line: String) -> Range<UInt>? {
        // 55d0a0000000-55d0a3733000 r-xp 00000000 fe:00 1234   /usr/local/bin/martlet
        let fields = line.split(whereSeparator: { $0 == " " || $0 == "\n" })
        guard fields.count >= 6, fields[1] == "r-xp" || fields[1] == "r--p", fields[5].hasPrefix("/") else {
            return nil
        }
        let ends = fields[0].split(separator: "-")
        guard ends.count == 2, let start = UInt(ends[0], radix: 16), let end = UInt(ends[1], radix: 16),
            start < end
        else { return nil }
        return start..<end
    }
}
