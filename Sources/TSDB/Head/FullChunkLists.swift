/// Where the full chunks of each series lie, newest first, in nodes of four. Numbers start at 1.
struct FullChunkLists: ~Copyable {
    /// A full chunk: twelve bytes instead of the sixty-four of a class instance.
    struct Entry: BitwiseCopyable {
        /// Not above the time of the first sample, in seconds since 1970, clamped to what fits.
        var minSeconds: UInt32
        /// Which head chunk file.
        var file: UInt32
        /// Of the chunk's record within the file.
        var offset: UInt32

        init(minTime: Int64, file: UInt32, offset: UInt32) {
            let seconds = minTime >= 0 ? minTime / 1000 : 0
            minSeconds = UInt32(clamping: seconds)
            self.file = file
            self.offset = offset
        }

        /// Not above the time of the first sample.
        var minTimeBound: Int64 { minSeconds == 0 ? .min : Int64(minSeconds) * 1000 }

        /// Not below the time of the first sample, and so not below any of the chunk before.
        var maxTimeBoundOfPrevious: Int64 { minSeconds == .max ? .max : Int64(minSeconds) * 1000 + 999 }
    }

    // Not private: the compiler (6.3.1) emits a broken module for a private type as generic argument here.
    struct Node: BitwiseCopyable {
        var older: UInt32
        var count: UInt32
        /// Oldest first.
        var entries: (Entry, Entry, Entry, Entry)
    }

    private var nodes = PagedArray<Node>(pageShift: 12)
    private var free: [UInt32] = []
    private var next: UInt32 = 1
    /// Of all lists.
    private(set) var chunkCount = 0

    init() {}

    private func entries(_ node: UnsafeMutablePointer<Node>) -> UnsafeMutablePointer<Entry> {
        (UnsafeMutableRawPointer(node) + 8).assumingMemoryBound(to: Entry.self)
    }

    /// Adds the newest chunk of a list.
    mutating func append(_ entry: Entry, to list: inout UInt32) {
        chunkCount += 1
        if list != 0, nodes[Int(list)].pointee.count < 4 {
            let node = nodes[Int(list)]
            entries(node)[Int(node.pointee.count)] = entry
            node.pointee.count += 1
            return
        }
        let number = free.popLast() ?? next
        if number == next { next += 1 }
        nodes.ensure(Int(number))
        let node = nodes[Int(number)]
        node.pointee.older = list
        node.pointee.count = 1
        entries(node)[0] = entry
        list = number
    }

    /// Calls `body` with the chunks, newest first, until it returns false.
    func visit(_ list: UInt32, _ body: (Entry) -> Bool) {
        var number = list
        while number != 0 {
            let node = nodes[Int(number)]
            var i = Int(node.pointee.count)
            while i > 0 {
                i -= 1
                if !body(entries(node)[i]) { return }
            }
            number = node.pointee.older
        }
    }

    func count(_ list: UInt32) -> Int {
        var count = 0
        visit(list) { _ in
            count += 1
            return true
        }
        return count
    }

    /// Drops the oldest chunks for which `isGone` holds; returns how many.
    mutating func removeOldest(of list: inout UInt32, where isGone: (Entry) -> Bool) -> Int {
        var kept: [Entry] = []
        var removed = 0
        visit(list) { entry in
            if removed > 0 || isGone(entry) { removed += 1 } else { kept.append(entry) }
            return true
        }
        if removed == 0 { return 0 }
        removeAll(of: &list)
        for entry in kept.reversed() { append(entry, to: &list) }
        return removed
    }

    mutating func removeAll(of list: inout UInt32) {
        while list != 0 {
            chunkCount -= Int(nodes[Int(list)].pointee.count)
            free.append(list)
            list = nodes[Int(list)].pointee.older
        }
    }
}
