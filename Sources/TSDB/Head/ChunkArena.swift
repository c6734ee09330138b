internal import Platform

/// Memory of open chunks in size classes, so that a chunk takes little more than it holds and that
/// hundreds of thousands of chunks are a few large pieces for the kernel.
///
/// Series that began together also grow together: whole pages of a class become free at once and are
/// given back, or the smaller classes would stay as large as they ever were.
struct ChunkArena: ~Copyable {
    /// Bytes of each class. The last takes the largest chunk and one more sample.
    static let sizes = [
        24, 32, 40, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 512, 640, 768, 1024, 1152,
    ]

    private struct Page {
        /// nil while nothing is in it.
        var base: UnsafeMutableRawPointer?
        var live: Int32 = 0
        /// The first free place, which holds the number of the next; -1 at the end.
        var freeHead: Int32 = -1
        /// Places from here on were never used.
        var fresh: Int32 = 0
        var isListed = false
    }

    private struct Class {
        var pages: [Page] = []
        /// Pages that may have room.
        var available: [Int32] = []
        /// Pages without memory.
        var empty: [Int32] = []
        var shift = 0
        var size = 0
        /// How many places of a page are used.
        var perPage: Int32 = 0
    }

    /// Bytes behind any place that may be written for a moment, if they are put back.
    static let overrun = MemoryLayout<UInt64>.size

    private static let pageBytes = 128 << 10
    private static let spareMax = 16
    private var classes: UnsafeMutablePointer<Class>
    /// Pages kept for the next that needs one.
    private var spare: [UnsafeMutableRawPointer] = []

    init() {
        classes = .allocate(capacity: ChunkArena.sizes.count)
        for (i, size) in ChunkArena.sizes.enumerated() {
            var new = Class()
            new.size = size
            // The most chunks of the size that fit a page, as a power of two.
            while size << (new.shift + 1) <= ChunkArena.pageBytes { new.shift += 1 }
            new.perPage = Int32(min(1 << new.shift, (ChunkArena.pageBytes - ChunkArena.overrun) / size))
            (classes + i).initialize(to: new)
        }
    }

    deinit {
        for i in 0..<ChunkArena.sizes.count {
            for page in classes[i].pages {
                if let base = page.base { PageMemory.free(base, ChunkArena.pageBytes) }
            }
        }
        for page in spare { PageMemory.free(page, ChunkArena.pageBytes) }
        classes.deinitialize(count: ChunkArena.sizes.count)
        classes.deallocate()
    }

    static func capacity(_ sizeClass: UInt8) -> Int { sizes[Int(sizeClass)] }

    @inline(__always)
    func address(_ sizeClass: UInt8, _ index: UInt32) -> UnsafeMutableRawPointer {
        let group = classes + Int(sizeClass)
        let shift = group.pointee.shift
        let inPage = Int(index) & (1 &<< shift &- 1)
        guard let base = group.pointee.pages[Int(index) &>> shift].base else {
            preconditionFailure("BUG: a chunk without memory")
        }
        return base + inPage &* group.pointee.size
    }

    mutating func allocate(_ sizeClass: UInt8) -> UInt32 {
        let group = classes + Int(sizeClass)
        let perPage = group.pointee.perPage
        while let number = group.pointee.available.last {
            let page = Int(number)
            if let base = group.pointee.pages[page].base {
                let head = group.pointee.pages[page].freeHead
                if head >= 0 {
                    let place = base + Int(head) * group.pointee.size
                    group.pointee.pages[page].freeHead = place.load(as: Int32.self)
                    group.pointee.pages[page].live += 1
                    return UInt32(page << group.pointee.shift) | UInt32(head)
                }
                let fresh = group.pointee.pages[page].fresh
                if fresh < perPage {
                    group.pointee.pages[page].fresh += 1
                    group.pointee.pages[page].live += 1
                    ChunkArena.touch(base + Int(fresh) * group.pointee.size, group.pointee.size)
                    return UInt32(page << group.pointee.shift) | UInt32(fresh)
                }
            }
            group.pointee.pages[page].isListed = false
            group.pointee.available.removeLast()
        }
        let number: Int32
        if let empty = group.pointee.empty.popLast() {
            number = empty
        } else {
            number = Int32(group.pointee.pages.count)
            group.pointee.pages.append(Page())
        }
        let page = Int(number)
        let base = spare.popLast() ?? PageMemory.allocate(ChunkArena.pageBytes)
        ChunkArena.touch(base, group.pointee.size)
        group.pointee.pages[page] = Page(base: base, live: 1, freeHead: -1, fresh: 1, isListed: true)
        group.pointee.available.append(number)
        return UInt32(page << group.pointee.shift)
    }

    /// Writes to both ends of a place that was never used. Chunks read their last word before they write it, and memory
    /// of the kernel that is read first costs a second fault, and an interrupt of the other cores, when it is written.
    private static func touch(_ place: UnsafeMutableRawPointer, _ size: Int) {
        place.storeBytes(of: 0, as: UInt64.self)
        // The start of the next place, which is not used either, or the overrun behind the last.
        place.storeBytes(of: 0, toByteOffset: size, as: UInt64.self)
    }

    mutating func free(_ sizeClass: UInt8, _ index: UInt32) {
        let group = classes + Int(sizeClass)
        let page = Int(index) >> group.pointee.shift
        let place = Int(index) & (1 << group.pointee.shift - 1)
        guard let base = group.pointee.pages[page].base else {
            preconditionFailure("BUG: a chunk is freed twice")
        }
        group.pointee.pages[page].live -= 1
        // The page that is being filled stays, so that one chunk alone does not map and unmap it.
        if group.pointee.pages[page].live == 0, group.pointee.available.last != Int32(page) {
            if spare.count < ChunkArena.spareMax {
                spare.append(base)
            } else {
                PageMemory.free(base, ChunkArena.pageBytes)
            }
            let wasListed = group.pointee.pages[page].isListed
            group.pointee.pages[page] = Page()
            if wasListed { group.pointee.available.removeAll { $0 == Int32(page) } }
            group.pointee.empty.append(Int32(page))
            return
        }
        (base + place * group.pointee.size).storeBytes(of: group.pointee.pages[page].freeHead, as: Int32.self)
        group.pointee.pages[page].freeHead = Int32(place)
        if !group.pointee.pages[page].isListed {
            group.pointee.pages[page].isListed = true
            // Behind the one that is being filled, which is the last.
            group.pointee.available.insert(Int32(page), at: max(0, group.pointee.available.count - 1))
        }
    }
}
