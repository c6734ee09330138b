internal import Platform

/// A growing array of plain records whose elements never move: a directory of pages taken straight
/// from the kernel. New elements are zero.
struct PagedArray<Element: BitwiseCopyable>: ~Copyable {
    private var pages: UnsafeMutablePointer<UnsafeMutableRawPointer>
    private var pageCapacity = 16
    private(set) var pageCount = 0
    private let shift: Int
    private let mask: Int

    /// - Parameter pageShift: a page holds two to this power of elements.
    init(pageShift: Int) {
        shift = pageShift
        mask = 1 << pageShift - 1
        pages = .allocate(capacity: pageCapacity)
    }

    deinit {
        for i in 0..<pageCount { PageMemory.free(pages[i], pageBytes) }
        pages.deallocate()
    }

    private var pageBytes: Int { MemoryLayout<Element>.stride << shift }

    var capacity: Int { pageCount << shift }

    /// Makes elements 0 ... `index` usable.
    mutating func ensure(_ index: Int) {
        while index >= capacity {
            if pageCount == pageCapacity {
                let grown = UnsafeMutablePointer<UnsafeMutableRawPointer>.allocate(capacity: pageCapacity * 2)
                grown.update(from: pages, count: pageCount)
                pages.deallocate()
                pages = grown
                pageCapacity *= 2
            }
            pages[pageCount] = PageMemory.allocate(pageBytes)
            pageCount += 1
        }
    }

    /// The place of an element that ``ensure(_:)`` has made usable; it stays there.
    @inline(__always)
    subscript(_ index: Int) -> UnsafeMutablePointer<Element> {
        assert(index >= 0 && index < capacity, "BUG: element outside the array")
        return pages[index &>> shift].assumingMemoryBound(to: Element.self) + (index & mask)
    }
}
