#if canImport(Glibc)
    import Glibc
#endif

/// A sorted set of label pairs, packed in one run of bytes.
///
/// Layout: name, value, name, value, … in ascending byte order of names; each string is its length
/// (one byte, or 0xFF and three bytes little-endian when it is 255 or longer) and its UTF-8 bytes.
/// This is the layout of Prometheus' default build, so a hash over ``packed`` is the same there and
/// here (`limit_ratio`, scrape offsets). An empty value means "no such label" and is not stored.
public struct Labels: Sendable, Hashable {
    /// The packed bytes. See the type's layout.
    public let packed: [UInt8]

    /// The longest name or value that can be stored, in bytes.
    public static let stringLengthMax = 0xFF_FFFF

    /// No label at all.
    public static let empty = Labels(packed: [])

    /// Takes bytes that already have the layout of the type.
    init(packed: [UInt8]) {
        self.packed = packed
    }

    /// Takes bytes that were written by ``appendPacked(_:to:)``, name and value in turn, ascending by
    /// name, no name twice, no value empty: for storages that keep labels in this order anyway.
    public init(sortedPacked packed: [UInt8]) {
        self.packed = packed
    }

    /// Writes one string in the layout of the type.
    public static func appendPacked(_ string: UnsafeRawBufferPointer, to packed: inout [UInt8]) {
        append(string.assumingMemoryBound(to: UInt8.self), to: &packed)
    }

    /// Sorts and packs the pairs. Pairs with an empty value are left out; of several with the same
    /// name the last wins.
    public init(_ pairs: [(name: String, value: String)]) {
        var builder = LabelsBuilder()
        for pair in pairs { builder.set(pair.name, pair.value) }
        self = builder.labels()
    }

    public var isEmpty: Bool { packed.isEmpty }

    /// The value of a label, or nil when the set does not have it.
    ///
    /// - Complexity: linear in the bytes of the set.
    public func value(of name: String) -> String? {
        var name = name
        return name.withUTF8 { wanted in
            var found: String?
            visit { label, value in
                switch Labels.compare(label, wanted) {
                case 0:
                    found = String(decoding: value, as: UTF8.self)
                    return false
                case let order: return order < 0
                }
            }
            return found
        }
    }

    /// The metric name (`__name__`), or nil.
    public var metricName: String? { value(of: Labels.metricNameLabel) }

    /// The label that holds the metric name.
    public static let metricNameLabel = "__name__"

    /// Calls `body` with the UTF-8 bytes of each name and value in ascending order of names until it
    /// returns false. The buffers are valid during the call only.
    public func visit(
        _ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) throws -> Bool
    ) rethrows {
        try packed.withUnsafeBufferPointer { bytes in
            var position = 0
            while position < bytes.count {
                let name = Labels.string(in: bytes, at: &position)
                let value = Labels.string(in: bytes, at: &position)
                if try !body(name, value) { return }
            }
        }
    }

    /// Calls `body` with each name and value of labels in the layout of the type, which must be whole.
    public static func visit(
        _ packed: UnsafeRawBufferPointer,
        _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void
    ) {
        packed.withMemoryRebound(to: UInt8.self) { bytes in
            var position = 0
            while position < bytes.count {
                let name = string(in: bytes, at: &position)
                body(
                    UnsafeRawBufferPointer(name), UnsafeRawBufferPointer(string(in: bytes, at: &position)))
            }
        }
    }

    /// Byte order: negative, zero or positive.
    static func compare(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Int {
        let shared = Swift.min(a.count, b.count)
        for i in 0..<shared where a[i] != b[i] { return Int(a[i]) - Int(b[i]) }
        return a.count - b.count
    }

    static func string(
        in bytes: UnsafeBufferPointer<UInt8>, at position: inout Int
    ) -> UnsafeBufferPointer<UInt8> {
        var length = Int(bytes[position])
        position += 1
        if length == 0xFF {
            length =
                Int(bytes[position]) | Int(bytes[position + 1]) << 8
                | Int(bytes[position + 2]) << 16
            position += 3
        }
        let string = UnsafeBufferPointer(rebasing: bytes[position..<(position + length)])
        position += length
        return string
    }

    /// Whether `string` stands at `position` of labels in the layout of the type, which must be whole; then it moves
    /// behind it.
    @inline(__always)
    public static func has(
        _ string: UnsafeRawBufferPointer, in packed: UnsafeRawBufferPointer, at position: inout Int
    ) -> Bool {
        guard position < packed.count else { return false }
        let found = packed.withMemoryRebound(to: UInt8.self) { Labels.string(in: $0, at: &position) }
        guard found.count == string.count, let a = found.baseAddress, let b = string.baseAddress else {
            return found.count == string.count
        }
        return memcmp(a, b, found.count) == 0
    }

    static func append(_ string: UnsafeBufferPointer<UInt8>, to packed: inout [UInt8]) {
        precondition(string.count <= stringLengthMax, "BUG: label string too long to pack")
        if string.count < 0xFF {
            packed.append(UInt8(string.count))
        } else {
            packed.append(0xFF)
            packed.append(UInt8(string.count & 0xFF))
            packed.append(UInt8(string.count >> 8 & 0xFF))
            packed.append(UInt8(string.count >> 16 & 0xFF))
        }
        packed.append(contentsOf: string)
    }
}

extension Labels: Sequence {
    /// The pairs in ascending order of names.
    public func makeIterator() -> IndexingIterator<[(name: String, value: String)]> {
        pairs.makeIterator()
    }

    /// The pairs in ascending order of names.
    public var pairs: [(name: String, value: String)] {
        var result: [(name: String, value: String)] = []
        visit { name, value in
            result.append(
                (String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)))
            return true
        }
        return result
    }
}

extension Labels: Comparable {
    /// Prometheus' order of series: pair by pair by name, then value; a prefix comes first.
    public static func < (a: Labels, b: Labels) -> Bool {
        a.packed.withUnsafeBufferPointer { a in
            b.packed.withUnsafeBufferPointer { b in
                var positionA = 0
                var positionB = 0
                while positionA < a.count, positionB < b.count {
                    let stringA = string(in: a, at: &positionA)
                    let stringB = string(in: b, at: &positionB)
                    let order = compare(stringA, stringB)
                    if order != 0 { return order < 0 }
                }
                return positionA == a.count && positionB < b.count
            }
        }
    }
}

extension Labels: CustomStringConvertible {
    /// `name{a="b", c="d"}`, as Prometheus prints a series; `{}` when empty.
    public var description: String {
        var result = ""
        var rest: [String] = []
        for (name, value) in pairs {
            if name == Labels.metricNameLabel, MetricName.isLegacyName(value) {
                result = value
            } else if name == Labels.metricNameLabel {
                rest.append(LabelText.quoted(value))
            } else {
                let shown = MetricName.isLegacyLabelName(name) ? name : LabelText.quoted(name)
                rest.append("\(shown)=\(LabelText.quoted(value))")
            }
        }
        if !result.isEmpty && rest.isEmpty { return result }
        return result + "{" + rest.joined(separator: ", ") + "}"
    }
}
