/// Set operations on ascending lists of numbers.
enum PostingsMath {
    /// What both lists have. The longer one is galloped through.
    static func intersect(_ a: UnsafeBufferPointer<UInt32>, _ b: UnsafeBufferPointer<UInt32>) -> [UInt32] {
        let (short, long) = a.count <= b.count ? (a, b) : (b, a)
        var result: [UInt32] = []
        result.reserveCapacity(short.count)
        var place = 0
        for wanted in short {
            place = gallop(long, from: place, to: wanted)
            if place == long.count { break }
            if long[place] == wanted { result.append(wanted) }
        }
        return result
    }

    /// What `a` has and `b` has not.
    static func subtract(_ a: [UInt32], _ b: UnsafeBufferPointer<UInt32>) -> [UInt32] {
        if b.isEmpty { return a }
        var result: [UInt32] = []
        result.reserveCapacity(a.count)
        var place = 0
        for candidate in a {
            place = gallop(b, from: place, to: candidate)
            if place == b.count || b[place] != candidate { result.append(candidate) }
        }
        return result
    }

    /// The first place at or behind `start` whose number is not below `wanted`.
    @inline(__always)
    static func gallop(_ list: UnsafeBufferPointer<UInt32>, from start: Int, to wanted: UInt32) -> Int {
        if start >= list.count || list[start] >= wanted { return start }
        var step = 1
        var low = start
        while low &+ step < list.count, list[low &+ step] < wanted {
            low &+= step
            step &*= 2
        }
        var high = min(low &+ step, list.count)
        low &+= 1
        while low < high {
            let middle = (low &+ high) / 2
            if list[middle] < wanted { low = middle &+ 1 } else { high = middle }
        }
        return low
    }

    /// Sorts lists that were put behind one another and drops what comes twice.
    static func sortedUnion(_ all: inout [UInt32]) {
        all.sort()
        var kept = 0
        for i in 0..<all.count where kept == 0 || all[kept - 1] != all[i] {
            all[kept] = all[i]
            kept += 1
        }
        all.removeLast(all.count - kept)
    }
}
