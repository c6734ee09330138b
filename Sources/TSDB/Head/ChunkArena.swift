internal import Platform

/// Memory of open chunks in size classes, so that a chunk takes little more than it holds and that
/// hundreds of thousands of chunks are a few large pieces for the kernel.
struct ChunkArena: ~Copyable {
    /// Bytes of each class. The last takes the largest chunk and one more sample.
    static let sizes = [24, 32, 40, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 512, 640, 768, 1024, 1152]

    private struct Class {
        var pages: [UnsafeMutableRawPointer] = []
        var free: [UInt32] = []
        var next: UInt32 = 0
        var shift = 0
        var size = 0
    }

    private static let pageBytes = 256 << 10
    private var classes: UnsafeMutablePointer<Class>

    init() {
        classes = .allocate(capacity: ChunkArena.sizes.count)
        for (i, size) in ChunkArena.sizes.enumerated() {
            var new = Class()
            new.size = size
            // The most chunks of the size that fit a page, as a power of two.
            while size << (new.shift + 1) <= ChunkArena.pageBytes { new.shift += 1 }
            (classes + i).initialize(to: new)
        }
    }

    deinit {
        for i in 0..<ChunkArena.sizes.count {
            for page in classes[i].pages { PageMemory.free(page, ChunkArena.pageBytes) }
        }
        classes.deinitialize(count: ChunkArena.sizes.count)
        classes.deallocate()
    }

    static func capacity(_ sizeClass: UInt8) -> Int { sizes[Int(sizeClass)] }

    @inline(__always)
    func address(_ sizeClass: UInt8, _ index: UInt32) -> UnsafeMutableRawPointer {
        let group = classes + Int(sizeClass)
        let shift = group.pointee.shift
        let inPage = Int(index) & (1 &<< shift &- 1)
        return group.pointee.pages[Int(index) &>> shift] + inPage &* group.pointee.size
    }

    mutating func allocate(_ sizeClass: UInt8) -> UInt32 {
        let group = classes + Int(sizeClass)
        if let index = group.pointee.free.popLast() { return index }
        let index = group.pointee.next
        if Int(index) >> group.pointee.shift == group.pointee.pages.count {
            group.pointee.pages.append(PageMemory.allocate(ChunkArena.pageBytes))
        }
        group.pointee.next += 1
        return index
    }

    mutating func free(_ sizeClass: UInt8, _ index: UInt32) {
        classes[Int(sizeClass)].free.append(index)
    }
}
