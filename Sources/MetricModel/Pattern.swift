internal import CRE2

/// A regular expression in RE2 syntax, matched in linear time, with shortcuts for the patterns that
/// people write most: a literal, a set of literals, a prefix, a contained literal, `.*` and `.+`.
///
/// Immutable after `init`, so that threads may share it: the only stored reference is to a compiled
/// RE2 program, whose matching is thread-safe.
public final class Pattern: @unchecked Sendable {
    /// The text as given, without anchors.
    public let text: String

    /// When the whole-text match is the same as membership in a list: that list. Lets matchers turn
    /// into postings look-ups.
    public let literals: [String]?

    /// A string that every match begins with; empty when none is known.
    public let prefix: String

    private enum Shortcut {
        case none
        case anything
        case anythingNotEmpty
        case literals(Set<String>)
        case prefixed([UInt8])
        case contains([UInt8])
    }

    private let shortcut: Shortcut
    private let compiled: OpaquePointer

    /// The longest pattern accepted, in bytes.
    public static let lengthMax = 64 * 1024

    /// Bounds program and DFA, bytes.
    static let memoryMax: Int64 = 8 << 20

    /// Compiles a pattern. `.` matches a newline, as in Prometheus 3.
    ///
    /// - Throws: ``PatternError`` when RE2 refuses the pattern or it is longer than ``lengthMax``.
    public convenience init(_ text: String) throws(PatternError) {
        try self.init(text, memoryMax: Pattern.memoryMax)
    }

    /// - Parameter memoryMax: bounds program and DFA, bytes.
    init(_ text: String, memoryMax: Int64) throws(PatternError) {
        guard text.utf8.count <= Pattern.lengthMax else {
            throw PatternError(
                pattern: String(text.prefix(40)) + "…",
                message:
                    "cannot compile a pattern of \(text.utf8.count) bytes, want at most \(Pattern.lengthMax)")
        }
        var copy = text
        let compiled = copy.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { chars in
                guard let base = chars.baseAddress else { return cre2_compile("", 0, true, memoryMax) }
                return cre2_compile(base, chars.count, true, memoryMax)
            }
        }
        if let reason = cre2_error(compiled) {
            let message = String(cString: reason)
            cre2_free(compiled)
            throw PatternError(pattern: text, message: "error parsing regexp: \(message)")
        }
        self.compiled = compiled
        self.text = text
        let analysis = Pattern.analyse(text)
        literals = analysis.literals
        prefix = analysis.prefix
        if let literals = analysis.literals {
            shortcut = .literals(Set(literals))
        } else if text == ".*" {
            shortcut = .anything
        } else if text == ".+" {
            shortcut = .anythingNotEmpty
        } else if let literal = Pattern.literal(text.dropSuffix(".*")) {
            shortcut = .prefixed(Array(literal.utf8))
        } else if let literal = Pattern.literal(text.dropPrefix(".*")?.dropSuffix(".*")) {
            shortcut = .contains(Array(literal.utf8))
        } else {
            shortcut = .none
        }
    }

    deinit { cre2_free(compiled) }

    /// Whether the whole text matches.
    public func matches(_ value: String) -> Bool {
        var value = value
        return value.withUTF8 { matches($0) }
    }

    /// Whether the whole text, given as UTF-8, matches.
    public func matches(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
        switch shortcut {
        case .anything: return true
        case .anythingNotEmpty: return !value.isEmpty
        case .literals(let set):
            // The set compares canonically, the list by bytes; ASCII, nearly always, needs the first only.
            let candidate = String(decoding: value, as: UTF8.self)
            return set.contains(candidate)
                && (value.allSatisfy { $0 < 0x80 }
                    || literals?.contains { $0.hasSameBytes(as: candidate) } == true)
        case .prefixed(let prefix):
            return value.count >= prefix.count && value.starts(with: prefix)
        case .contains(let literal):
            return Pattern.contains(literal, in: value)
        case .none:
            return value.withMemoryRebound(to: CChar.self) {
                cre2_full_match(compiled, $0.baseAddress, $0.count)
            }
        }
    }

    /// The number of capture groups, not counting the whole match.
    public var groupCount: Int { Int(cre2_group_count(compiled)) }

    /// The byte ranges of the whole match (index 0) and of each group (nil when it took no part), or
    /// nil when the text does not match. With `anchored` the whole text must match; without, the
    /// first match at or after the byte `start` is found.
    public func match(_ value: String, from start: Int = 0, anchored: Bool = true) -> [Range<Int>?]? {
        var value = value
        return value.withUTF8 { bytes -> [Range<Int>?]? in
            var offsets = [Int](repeating: -1, count: 2 * (groupCount + 1))
            let found = bytes.withMemoryRebound(to: CChar.self) { chars in
                cre2_match(
                    compiled, chars.baseAddress, chars.count, start, anchored, &offsets,
                    Int32(groupCount + 1))
            }
            guard found else { return nil }
            return (0...groupCount).map { group in
                offsets[2 * group] < 0 ? nil : offsets[2 * group]..<offsets[2 * group + 1]
            }
        }
    }

    /// Fills a template with what the groups matched: `$1`, `$name`, `${1}`, `${name}`, `$$`, by the
    /// rules of Go's `Regexp.Expand`; an unknown group is empty.
    public func expand(_ template: String, value: String, groups: [Range<Int>?]) -> String {
        let source = Array(template.utf8)
        let text = Array(value.utf8)
        var result: [UInt8] = []
        var i = 0
        while i < source.count {
            guard source[i] == UInt8(ascii: "$"), i + 1 < source.count else {
                result.append(source[i])
                i += 1
                continue
            }
            if source[i + 1] == UInt8(ascii: "$") {
                result.append(UInt8(ascii: "$"))
                i += 2
                continue
            }
            guard let (name, end) = Pattern.groupName(in: source, after: i) else {
                result.append(source[i])
                i += 1
                continue
            }
            i = end
            var number = -1
            if name.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) {
                number = Int(String(decoding: name, as: UTF8.self)) ?? -1
            } else {
                number = name.withUnsafeBufferPointer { bytes in
                    bytes.withMemoryRebound(to: CChar.self) { chars in
                        chars.baseAddress.map { Int(cre2_group_number(compiled, $0, chars.count)) } ?? -1
                    }
                }
            }
            if number >= 0, number < groups.count, let range = groups[number] {
                result.append(contentsOf: text[range])
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The name between `$` at `dollar` and `end`, by Go's rules: the longest run of letters, digits
    /// and underscores, or whatever stands in braces if it is such a run.
    private static func groupName(in source: [UInt8], after dollar: Int) -> (name: [UInt8], end: Int)? {
        var i = dollar + 1
        let braced = source[i] == UInt8(ascii: "{")
        if braced { i += 1 }
        let start = i
        while i < source.count, isWord(source[i]) { i += 1 }
        guard i > start else { return nil }
        if braced {
            guard i < source.count, source[i] == UInt8(ascii: "}") else { return nil }
            return (Array(source[start..<i]), i + 1)
        }
        return (Array(source[start..<i]), i)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
            || ((byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z"))
    }

    // MARK: - Analysis

    /// Splits a pattern at top-level `|` when every branch is a literal, and finds a known prefix.
    private static func analyse(_ text: String) -> (literals: [String]?, prefix: String) {
        var body = Substring(text)
        if body.hasPrefix("("), body.hasSuffix(")"), !body.hasPrefix("(?"),
            !body.dropFirst().dropLast().contains(where: { $0 == "(" || $0 == ")" || $0 == "\\" })
        {
            body = body.dropFirst().dropLast()
        }
        let branches = body.split(separator: "|", omittingEmptySubsequences: false)
        let literals = branches.map { literal(String($0)) }
        if branches.count <= 10_000, !literals.contains(nil) {
            let known = literals.compactMap { $0 }
            return (known, known.count == 1 ? known[0] : "")
        }
        guard branches.count == 1, !text.contains("(?") else { return (nil, "") }
        var prefix = ""
        for character in text {
            if metacharacters.contains(character) {
                // A quantifier makes the character before it optional.
                if "?*{".contains(character), !prefix.isEmpty { prefix.removeLast() }
                break
            }
            prefix.append(character)
        }
        return (nil, prefix)
    }

    private static let metacharacters: Set<Character> = [
        "\\", ".", "+", "*", "?", "(", ")", "[", "]", "{", "}", "^", "$", "|",
    ]

    /// The text that a pattern without operators stands for (escaped punctuation resolved), or nil.
    private static func literal(_ text: String?) -> String? {
        guard let text else { return nil }
        var result = ""
        var escaped = false
        for character in text {
            if escaped {
                guard metacharacters.contains(character) || character == "-" || character == "/"
                else { return nil }
                result.append(character)
                escaped = false
            } else if character == "\\" {
                escaped = true
            } else if metacharacters.contains(character) {
                return nil
            } else {
                result.append(character)
            }
        }
        return escaped ? nil : result
    }

    private static func contains(_ literal: [UInt8], in value: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = literal.first else { return true }
        guard value.count >= literal.count else { return false }
        for start in 0...(value.count - literal.count) where value[start] == first {
            if value[start..<(start + literal.count)].elementsEqual(literal) { return true }
        }
        return false
    }
}

/// A regular expression that cannot be compiled.
public struct PatternError: Error, Sendable, CustomStringConvertible {
    public let pattern: String
    public let message: String

    public var description: String { message }
}

extension String {
    fileprivate func dropPrefix(_ prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }

    fileprivate func dropSuffix(_ suffix: String) -> String? {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : nil
    }
}
