/// A whole number of any size, from 0.
struct BigNatural: Equatable {
    /// Digits of base 2^64, the lowest first, without zeros at the end; empty for 0.
    private(set) var digits: [UInt]

    /// Below this many digits multiplying each with each is faster than splitting.
    private static let splitDigitsMin = 32

    init(_ value: UInt) {
        digits = value == 0 ? [] : [value]
    }

    private init(trimming digits: [UInt]) {
        self.digits = digits
        while self.digits.last == 0 { self.digits.removeLast() }
    }

    /// The length in bits; 0 for 0.
    var bitWidth: Int {
        guard let last = digits.last else { return 0 }
        return digits.count * UInt.bitWidth - last.leadingZeroBitCount
    }

    /// The number to the power of `exponent`; 0 to the power of 0 is 1.
    func power(_ exponent: UInt) -> BigNatural {
        var result = BigNatural(1)
        for bit in (0..<(UInt.bitWidth - exponent.leadingZeroBitCount)).reversed() {
            result = result * result
            if exponent >> UInt(bit) & 1 == 1 { result = result * self }
        }
        return result
    }

    /// What is left after dividing by a number that is not 0.
    func remainder(dividingBy divisor: UInt) -> UInt {
        digits.reversed().reduce(0) { divisor.dividingFullWidth(($0, $1)).remainder }
    }

    static func * (a: BigNatural, b: BigNatural) -> BigNatural {
        BigNatural(trimming: product(a.digits[...], b.digits[...]))
    }

    private static func product(_ a: ArraySlice<UInt>, _ b: ArraySlice<UInt>) -> [UInt] {
        if min(a.count, b.count) < splitDigitsMin { return schoolProduct(a, b) }
        // Karatsuba: three products of half the length. With a = a1·B + a0 and b = b1·B + b0 the middle
        // is (a0 + a1)(b0 + b1) - a0·b0 - a1·b1.
        let half = (max(a.count, b.count) + 1) / 2
        let (a0, a1) = (a.prefix(half), a.dropFirst(half))
        let (b0, b1) = (b.prefix(half), b.dropFirst(half))
        let low = product(a0, b0)
        let high = product(a1, b1)
        var middle = product(sum(a0, a1)[...], sum(b0, b1)[...])
        subtract(low, from: &middle)
        subtract(high, from: &middle)
        var result = [UInt](repeating: 0, count: a.count + b.count + 1)
        add(low, to: &result, at: 0)
        add(middle, to: &result, at: half)
        add(high, to: &result, at: 2 * half)
        return result
    }

    private static func schoolProduct(_ a: ArraySlice<UInt>, _ b: ArraySlice<UInt>) -> [UInt] {
        var result = [UInt](repeating: 0, count: a.count + b.count)
        result.withUnsafeMutableBufferPointer { result in
            for (i, x) in a.enumerated() {
                var carry: UInt = 0
                for (j, y) in b.enumerated() {
                    var (high, low) = x.multipliedFullWidth(by: y)
                    // (2^64 - 1)^2 and two more digits still fit in two digits.
                    let (first, overflow) = low.addingReportingOverflow(result[i + j])
                    if overflow { high &+= 1 }
                    let (second, overflowToo) = first.addingReportingOverflow(carry)
                    if overflowToo { high &+= 1 }
                    low = second
                    result[i + j] = low
                    carry = high
                }
                result[i + b.count] = carry
            }
        }
        return result
    }

    private static func sum(_ a: ArraySlice<UInt>, _ b: ArraySlice<UInt>) -> [UInt] {
        var result = [UInt](repeating: 0, count: max(a.count, b.count) + 1)
        add(Array(a), to: &result, at: 0)
        add(Array(b), to: &result, at: 0)
        return result
    }

    /// Adds at a place; zeros at the end of `value` may reach beyond the end of `result`.
    private static func add(_ value: [UInt], to result: inout [UInt], at place: Int) {
        var carry = false
        var index = place
        for digit in value {
            guard index < result.count else { break }
            let (first, overflow) = result[index].addingReportingOverflow(digit)
            let (second, overflowToo) = first.addingReportingOverflow(carry ? 1 : 0)
            result[index] = second
            carry = overflow || overflowToo
            index += 1
        }
        while carry, index < result.count {
            (result[index], carry) = result[index].addingReportingOverflow(1)
            index += 1
        }
    }

    /// Subtracts a number that is not larger.
    private static func subtract(_ value: [UInt], from result: inout [UInt]) {
        var borrow = false
        for index in result.indices {
            let digit = index < value.count ? value[index] : 0
            if index >= value.count, !borrow { break }
            let (first, overflow) = result[index].subtractingReportingOverflow(digit)
            let (second, overflowToo) = first.subtractingReportingOverflow(borrow ? 1 : 0)
            result[index] = second
            borrow = overflow || overflowToo
        }
    }
}
