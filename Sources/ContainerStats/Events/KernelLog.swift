/// Finds the victims of memory shortage in the kernel's log.
struct KernelLog {
    /// A process that was killed.
    struct Victim: Equatable {
        /// The cgroup that the process was in, and the one whose limit was hit.
        var taskPath = ""
        var limitPath = ""
        var pid = 0
        var name = ""
        var constraint = ""
    }

    private var isOpen = false
    private var pending = Victim()

    /// Takes the next line of the log, with or without /dev/kmsg's prefix `prio,seq,µs,flags;`.
    ///
    /// - Returns: a victim when the line completes one.
    mutating func take(_ line: some StringProtocol) -> Victim? {
        let text = KernelLog.message(line)
        if text.contains("invoked oom-killer:") {
            isOpen = true
            pending = Victim()
            return nil
        }
        // Since 5.0 one line tells all, as key=value; which keys are there depends on the kernel's
        // configuration.
        if let start = text.firstRange(of: "oom-kill:constraint=") {
            isOpen = false
            var victim = Victim()
            for field in text[start.lowerBound...].dropFirst("oom-kill:".count).split(separator: ",") {
                guard let equals = field.firstIndex(of: "=") else { continue }
                let value = String(field[field.index(after: equals)...])
                switch field[..<equals] {
                case "constraint": victim.constraint = value
                case "oom_memcg": victim.limitPath = value
                case "task_memcg": victim.taskPath = value
                case "task": victim.name = value
                case "pid": victim.pid = Int(value) ?? 0
                default: continue
                }
            }
            return victim.taskPath.isEmpty ? nil : victim
        }
        guard isOpen else { return nil }
        if text.hasPrefix("Task in "), let middle = text.firstRange(of: " killed as a result of limit of ") {
            pending.taskPath = String(text[..<middle.lowerBound].dropFirst("Task in ".count))
            pending.limitPath = String(text[middle.upperBound...])
            pending.constraint = "CONSTRAINT_MEMCG"
            return nil
        }
        if let start = text.firstRange(of: "Killed process "), !pending.taskPath.isEmpty {
            isOpen = false
            let rest = text[start.upperBound...]
            pending.pid = Int(rest.prefix { $0.isNumber }) ?? 0
            if let open = rest.firstIndex(of: "("), let close = rest[open...].firstIndex(of: ")") {
                pending.name = String(rest[rest.index(after: open)..<close])
            }
            return pending
        }
        return nil
    }

    /// Without `6,1234,98765,-;` or `[  12.345678] `.
    private static func message(_ line: some StringProtocol) -> Substring {
        let text = Substring(line)
        if let first = text.first, first.isNumber, let semicolon = text.firstIndex(of: ";") {
            return text[text.index(after: semicolon)...]
        }
        if text.hasPrefix("["), let close = text.firstIndex(of: "]") {
            return text[text.index(after: close)...].drop { $0 == " " }
        }
        return text
    }
}
