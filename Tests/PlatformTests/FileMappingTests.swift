import Platform
import TestKit
import Testing

@Suite struct FileMappingTests {
    @Test func tellsWhatIsInMemory() throws {
        let folder = TemporaryFolder()
        let file = try RealDisk().open(folder.path + "/file", .create)
        // A hole, which nobody has read.
        try file.truncate(to: 1 << 20)
        let mapping = try file.map(length: 1 << 20)
        #expect(!mapping.isInMemory(0..<mapping.bytes.count))
        #expect(!mapping.isInMemory(500_000..<500_001))
        #expect(mapping.isInMemory(5..<5))
        for offset in stride(from: 0, to: mapping.bytes.count, by: 4096) {
            #expect(mapping.bytes[offset] == 0)
        }
        #expect(mapping.isInMemory(0..<mapping.bytes.count))
        #expect(mapping.isInMemory(1_048_575..<2_000_000))
    }
}
