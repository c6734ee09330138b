/// Label pairs of the head with their postings: the references of the series that have the pair,
/// ascending. Numbers start at 1.
///
/// References only grow, so that a new one always goes to the end of its postings.
struct PairTable: ~Copyable {
    struct Pair: BitwiseCopyable {
        /// Symbol of the label name; 0 when the number is free.
        var name: UInt32
        var value: UInt32
        var count: UInt32
        var capacity: UInt32
        /// Up to two references, or the address of `capacity` many.
        var storage: UInt64
    }

    private var pairs = PagedArray<Pair>(pageShift: 13)
    private var table = IdentityTable()
    private var free: [UInt32] = []
    private var next: UInt32 = 1
    /// The pairs of each label name, by the name's symbol, in no order.
    private(set) var pairsOfName: [UInt32: [UInt32]] = [:]

    init() {}

    deinit {
        for number in 1..<Int(next) where pairs[number].pointee.capacity > 0 {
            UnsafeMutablePointer<UInt32>(bitPattern: UInt(pairs[number].pointee.storage))?.deallocate()
        }
    }

    /// How many pairs there are.
    var count: Int { table.count }

    /// Every number in use is below this.
    var numberEnd: UInt32 { next }

    func name(_ number: UInt32) -> UInt32 { pairs[Int(number)].pointee.name }
    func value(_ number: UInt32) -> UInt32 { pairs[Int(number)].pointee.value }
    func seriesCount(_ number: UInt32) -> Int { Int(pairs[Int(number)].pointee.count) }

    /// The number of a pair, or 0.
    func find(name: UInt32, value: UInt32) -> UInt32 {
        table.find(UInt32(truncatingIfNeeded: ByteHash.hash(name, value))) {
            pairs[Int($0)].pointee.name == name && pairs[Int($0)].pointee.value == value
        }
    }

    /// Adds a pair that ``find(name:value:)`` did not find.
    mutating func insert(name: UInt32, value: UInt32) -> UInt32 {
        let number = free.popLast() ?? next
        if number == next { next += 1 }
        pairs.ensure(Int(number))
        pairs[Int(number)].pointee = Pair(name: name, value: value, count: 0, capacity: 0, storage: 0)
        table.insert(UInt32(truncatingIfNeeded: ByteHash.hash(name, value)), number)
        pairsOfName[name, default: []].append(number)
        return number
    }

    /// Adds a reference, nearly always above all others of the pair; a foreign log may tell them in
    /// another order.
    mutating func append(_ reference: UInt32, to number: UInt32) {
        let pair = pairs[Int(number)]
        let count = Int(pair.pointee.count)
        if pair.pointee.capacity == 0, count == 0 {
            pair.pointee.storage = UInt64(reference)
        } else if pair.pointee.capacity == 0, count == 1 {
            let first = pair.pointee.storage
            pair.pointee.storage =
                first < UInt64(reference) ? first | UInt64(reference) << 32 : UInt64(reference) | first << 32
        } else {
            if pair.pointee.capacity == 0 || count == Int(pair.pointee.capacity) { grow(pair) }
            let base = address(pair)
            var place = count
            while place > 0, base[place - 1] > reference {
                base[place] = base[place - 1]
                place -= 1
            }
            base[place] = reference
        }
        pair.pointee.count += 1
    }

    private func address(_ pair: UnsafeMutablePointer<Pair>) -> UnsafeMutablePointer<UInt32> {
        guard let base = UnsafeMutablePointer<UInt32>(bitPattern: UInt(pair.pointee.storage)) else {
            preconditionFailure("BUG: postings without memory")
        }
        return base
    }

    private func grow(_ pair: UnsafeMutablePointer<Pair>) {
        let count = Int(pair.pointee.count)
        // Long lists grow by a quarter: they are most of the memory and the least often moved.
        let capacity = count < 64 ? max(4, count * 2) : count + count / 4
        let grown = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity)
        if pair.pointee.capacity == 0 {
            for i in 0..<count {
                grown[i] = UInt32(truncatingIfNeeded: pair.pointee.storage >> UInt64(32 * i))
            }
        } else {
            let old = address(pair)
            grown.update(from: old, count: count)
            old.deallocate()
        }
        pair.pointee.capacity = UInt32(capacity)
        pair.pointee.storage = UInt64(UInt(bitPattern: grown))
    }

    /// Calls `body` with the references of a pair; they must not be kept.
    func withPostings<Value>(_ number: UInt32, _ body: (UnsafeBufferPointer<UInt32>) -> Value) -> Value {
        let pair = pairs[Int(number)]
        let count = Int(pair.pointee.count)
        if pair.pointee.capacity > 0 {
            return body(UnsafeBufferPointer(start: address(pair), count: count))
        }
        var inline = (
            UInt32(truncatingIfNeeded: pair.pointee.storage),
            UInt32(truncatingIfNeeded: pair.pointee.storage >> 32)
        )
        return withUnsafeBytes(of: &inline) {
            body(
                UnsafeBufferPointer(start: $0.assumingMemoryBound(to: UInt32.self).baseAddress, count: count))
        }
    }

    /// Removes the references that `isGone` names from a pair. A pair that has none left stays until
    /// ``forgetEmpty(_:_:)``.
    mutating func removeAll(from number: UInt32, where isGone: (UInt32) -> Bool) {
        let pair = pairs[Int(number)]
        let kept = withPostings(number) { $0.filter { !isGone($0) } }
        if kept.count == Int(pair.pointee.count) { return }
        if kept.count > 2 {
            let base = address(pair)
            for i in 0..<kept.count { base[i] = kept[i] }
        } else {
            if pair.pointee.capacity > 0 { address(pair).deallocate() }
            pair.pointee.capacity = 0
            pair.pointee.storage = 0
            for i in 0..<kept.count { pair.pointee.storage |= UInt64(kept[i]) << UInt64(32 * i) }
        }
        pair.pointee.count = UInt32(kept.count)
    }

    /// Forgets those of the pairs that no series has; `released` is told the symbols of each.
    mutating func forgetEmpty(_ numbers: [UInt32], _ released: (UInt32, UInt32) -> Void) {
        var names: Set<UInt32> = []
        for number in numbers {
            let pair = pairs[Int(number)]
            guard pair.pointee.count == 0, pair.pointee.name != 0 else { continue }
            let name = pair.pointee.name
            names.insert(name)
            table.remove(UInt32(truncatingIfNeeded: ByteHash.hash(name, pair.pointee.value)), number)
            pair.pointee.name = 0
            free.append(number)
            released(name, pair.pointee.value)
        }
        for name in names {
            pairsOfName[name]?.removeAll { pairs[Int($0)].pointee.name == 0 }
            if pairsOfName[name]?.isEmpty == true { pairsOfName[name] = nil }
        }
    }
}
