/// The shortest decimal number that reads back as a given double: `digits` · 10^`exponent`. Of several
/// with as few digits it is the closest one.
///
/// The method is Schubfach: Raffaello Giulietti, "The Schubfach way to render doubles", 2020.
struct ShortestDecimal {
    /// At most 17 digits, no zero at the end.
    var digits: UInt64
    var exponent: Int

    /// - Parameter value: finite and above zero.
    @inline(__always)
    init(_ value: Double) {
        let bits = value.bitPattern
        let fraction = bits & 0x000F_FFFF_FFFF_FFFF
        let biased = Int(truncatingIfNeeded: bits >> 52)
        // The value is c · 2^q.
        let c = biased == 0 ? fraction : fraction | 1 << 52
        let q = biased == 0 ? -1074 : biased - 1075
        let isPowerOfTwo = fraction == 0 && biased > 1
        // An even significand owns the borders of its interval.
        let openBorder: UInt64 = c & 1
        // k = floor(log10 of the interval's width), by multiplication with log10(2) in fixed point.
        let k = (q &* 1_262_611 &- (isPowerOfTwo ? 524_031 : 0)) >> 22
        let h = UInt64(truncatingIfNeeded: q &+ ((0 &- k) &* 1_741_647) >> 19 &+ 1)
        let (high, low) = PowersOfTen.scaled(0 &- k)
        let lower = ShortestDecimal.product(high, low, (4 &* c &- (isPowerOfTwo ? 1 : 2)) &<< h) &+ openBorder
        let middle = ShortestDecimal.product(high, low, (4 &* c) &<< h)
        let upper = ShortestDecimal.product(high, low, (4 &* c &+ 2) &<< h) &- openBorder
        let s = middle / 4
        if s >= 10 {
            // One digit less, if exactly one such number lies inside.
            let short = s / 10
            let downIsInside = lower <= 40 &* short
            let upIsInside = 40 &* short &+ 40 <= upper
            if downIsInside != upIsInside {
                digits = short &+ (upIsInside ? 1 : 0)
                exponent = k &+ 1
                stripZeros()
                return
            }
        }
        let downIsInside = lower <= 4 &* s
        let upIsInside = 4 &* s &+ 4 <= upper
        let half = 4 &* s &+ 2
        let isUp = downIsInside != upIsInside ? upIsInside : middle > half || middle == half && s & 1 == 1
        digits = s &+ (isUp ? 1 : 0)
        exponent = k
        stripZeros()
    }

    /// The product with a scaled power, the last bit telling whether anything was cut off.
    @inline(__always)
    private static func product(_ high: UInt64, _ low: UInt64, _ factor: UInt64) -> UInt64 {
        let upper = high.multipliedFullWidth(by: factor)
        let (sum, carry) = upper.low.addingReportingOverflow(low.multipliedFullWidth(by: factor).high)
        return (upper.high &+ (carry ? 1 : 0)) | (sum > 1 ? 1 : 0)
    }

    @inline(__always)
    private mutating func stripZeros() {
        if digits % 10 != 0 { return }
        if digits % 100_000_000 == 0 { (digits, exponent) = (digits / 100_000_000, exponent &+ 8) }
        if digits % 10_000 == 0 { (digits, exponent) = (digits / 10_000, exponent &+ 4) }
        if digits % 100 == 0 { (digits, exponent) = (digits / 100, exponent &+ 2) }
        if digits % 10 == 0 { (digits, exponent) = (digits / 10, exponent &+ 1) }
        // Sixteen digits can hold one zero more than 8 + 4 + 2 + 1.
        if digits % 10 == 0 { (digits, exponent) = (digits / 10, exponent &+ 1) }
    }
}

/// Powers of ten with 128 bits, the highest bit set, rounded up.
enum PowersOfTen {
    private static let first = -292
    private static let last = 324

    /// The bits of 10^power · 2^x for the x that makes them 128.
    ///
    /// - Parameter power: -292 ... 324, all that doubles need.
    @inline(__always)
    static func scaled(_ power: Int) -> (high: UInt64, low: UInt64) {
        table.withUnsafeBufferPointer { table in
            let place = 2 &* (power &- first)
            return (table[place], table[place &+ 1])
        }
    }

    /// High and low words in turn; 10 kB, made in some 20 µs at the first use.
    private static let table: [UInt64] = {
        var table = [UInt64](repeating: 0, count: 2 * (last - first + 1))
        func set(_ power: Int, _ number: [UInt32], isExact: Bool) {
            let (high, low) = top(number, isExact: isExact)
            table[2 * (power - first)] = high
            table[2 * (power - first) + 1] = low
        }
        var number: [UInt32] = [1]
        for power in 0...last {
            if power > 0 { multiply(&number) }
            set(power, number, isExact: true)
        }
        // 2^1408 / 10^n for negative powers: far more bits than are kept, and never exact.
        number = [UInt32](repeating: 0, count: 44) + [1]
        for power in 1 ... -first {
            divide(&number)
            set(-power, number, isExact: false)
        }
        return table
    }()

    /// By ten. Words with the least significant first.
    private static func multiply(_ number: inout [UInt32]) {
        var carry: UInt64 = 0
        for index in number.indices {
            carry += UInt64(number[index]) * 10
            number[index] = UInt32(truncatingIfNeeded: carry)
            carry >>= 32
        }
        if carry > 0 { number.append(UInt32(carry)) }
    }

    /// By ten, rounded down.
    private static func divide(_ number: inout [UInt32]) {
        var rest: UInt64 = 0
        for index in number.indices.reversed() {
            rest = rest << 32 | UInt64(number[index])
            number[index] = UInt32(rest / 10)
            rest %= 10
        }
        while number.last == 0 { number.removeLast() }
    }

    /// The highest 128 bits, rounded up.
    private static func top(_ number: [UInt32], isExact: Bool) -> (high: UInt64, low: UInt64) {
        var words = number
        while words.count < 5 { words.insert(0, at: 0) }
        let shift = UInt32(words[words.count - 1].leadingZeroBitCount)
        func word(_ index: Int) -> UInt64 {
            let upper = UInt64(words[words.count - 1 - index]) << 32 | UInt64(words[words.count - 2 - index])
            return ((upper << UInt64(shift)) >> 32) & 0xFFFF_FFFF
        }
        var high = word(0) << 32 | word(1)
        var low = word(2) << 32 | word(3)
        let below = UInt64(words[words.count - 5]) << UInt64(shift) & 0xFFFF_FFFF
        let isCut = !isExact || below != 0 || words.dropLast(5).contains { $0 != 0 }
        if isCut {
            let (sum, carry) = low.addingReportingOverflow(1)
            low = sum
            if carry { high += 1 }
        }
        return (high, low)
    }
}
