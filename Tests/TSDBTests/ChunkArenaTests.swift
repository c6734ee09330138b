import Testing

@testable import TSDB

@Suite struct ChunkArenaTests {
    @Test func placesNeverOverlap() {
        var random = SeededGenerator.fresh()
        var arena = ChunkArena()
        var live: [(sizeClass: UInt8, index: UInt32, mark: UInt8)] = []
        for round in 0..<60_000 {
            // Phases of growing and of shrinking, so that pages empty and are used again.
            if live.isEmpty || Int.random(in: 0..<10, using: &random) < (round / 15_000 % 2 == 0 ? 7 : 3) {
                let sizeClass = UInt8.random(in: 0..<6, using: &random)
                let index = arena.allocate(sizeClass)
                let mark = UInt8.random(in: 0...255, using: &random)
                arena.address(sizeClass, index).initializeMemory(
                    as: UInt8.self, repeating: mark, count: ChunkArena.capacity(sizeClass))
                live.append((sizeClass, index, mark))
            } else {
                let item = live.remove(at: Int.random(in: 0..<live.count, using: &random))
                let bytes = UnsafeRawBufferPointer(
                    start: arena.address(item.sizeClass, item.index),
                    count: ChunkArena.capacity(item.sizeClass))
                #expect(bytes.allSatisfy { $0 == item.mark })
                arena.free(item.sizeClass, item.index)
            }
        }
    }
}
