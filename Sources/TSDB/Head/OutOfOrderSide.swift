/// The samples of a series that came out of order and are not in a block yet, ascending by time.
struct OutOfOrderSide {
    var times: [Int64] = []
    var values: [Double] = []

    /// Adds a sample. False when there is one of this time.
    mutating func insert(_ time: Int64, _ value: Double) -> Bool {
        let place = place(of: time)
        if place < times.count, times[place] == time { return false }
        times.insert(time, at: place)
        values.insert(value, at: place)
        return true
    }

    /// The value at a time, or nil.
    func value(at time: Int64) -> Double? {
        let place = place(of: time)
        return place < times.count && times[place] == time ? values[place] : nil
    }

    private func place(of time: Int64) -> Int {
        var low = 0
        var high = times.count
        while low < high {
            let middle = (low + high) / 2
            if times[middle] < time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Takes out the samples that another one holds too.
    mutating func remove(_ written: OutOfOrderSide) {
        let gone = Set(written.times)
        let kept = times.indices.filter { !gone.contains(times[$0]) }
        values = kept.map { values[$0] }
        times = kept.map { times[$0] }
    }
}

/// A checked sample of a batch that came out of order.
struct AcceptedLate {
    var slot: UInt32
    var reference: UInt64
    var time: Int64
    var value: Double
}
