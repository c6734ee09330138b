import Testing
import Wire

@testable import TSDB

@Suite struct XORChunkTests {
    private func encode(_ samples: [(Int64, UInt64)]) -> [UInt8] {
        let base = UnsafeMutableRawPointer.allocate(byteCount: samples.count * 20 + 128, alignment: 8)
        defer { base.deallocate() }
        var state = XORChunk.State()
        for (time, value) in samples { XORChunk.append(time, value, to: &state, at: base) }
        base.storeBytes(of: UInt16(samples.count).bigEndian, as: UInt16.self)
        return Array(UnsafeRawBufferPointer(start: base, count: XORChunk.byteCount(state.bitCount)))
    }

    private func decode(_ bytes: [UInt8]) throws -> [(Int64, UInt64)] {
        var result: [(Int64, UInt64)] = []
        try bytes.withUnsafeBytes {
            try XORChunkReader.decode($0, from: .min, through: .max) { times, values in
                for i in times.indices { result.append((times[i], values[i].bitPattern)) }
            }
        }
        return result
    }

    @Test func randomSamplesComeBack() throws {
        var random = SeededGenerator.fresh()
        for _ in 0..<300 {
            var time = Int64.random(in: -1_000_000_000_000...2_000_000_000_000, using: &random)
            var samples: [(Int64, UInt64)] = []
            var value = Double.random(in: -1e6...1e6, using: &random)
            let jitter = [1, 10, 10_000, 70_000, 600_000, 1 << 40].randomElement(using: &random) ?? 1
            for _ in 0..<Int.random(in: 1...300, using: &random) {
                samples.append((time, value.bitPattern))
                time += Int64.random(in: 1...Int64(jitter), using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0: break
                case 1: value += 1
                case 2: value = Double(bitPattern: random.next())
                case 3: value = Double.random(in: 0...1, using: &random)
                default: value = -value
                }
            }
            let decoded = try decode(encode(samples))
            #expect(decoded.map(\.0) == samples.map(\.0))
            #expect(decoded.map(\.1) == samples.map(\.1))
        }
    }

    /// How much a sample takes is known before it is written.
    @Test func bitsAreCountedBefore() {
        var random = SeededGenerator.fresh()
        var state = XORChunk.State()
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 40_000, alignment: 8)
        defer { room.deallocate() }
        guard let base = room.baseAddress else { return }
        room.initializeMemory(as: UInt8.self, repeating: 0)
        var time: Int64 = -5
        var value: UInt64 = 0
        for i in 0..<2000 {
            time += [1, 5000, 5003, 100_000, 1_200_000].randomElement(using: &random) ?? 1
            switch Int.random(in: 0..<4, using: &random) {
            case 0: break
            case 1: value = (Double(bitPattern: value) + 1).bitPattern
            case 2: value = random.next()
            default: value ^= 0xFF00
            }
            let before = state
            let most = XORChunk.bitsMax(time, value, state)
            XORChunk.append(time, value, to: &state, at: base)
            let written = state.bitCount - before.bitCount
            #expect(i < 2 ? written == most : written <= most)
            var stepped = before
            if i >= 2, let step = XORChunk.step(time, value, &stepped) {
                #expect(step.bitCount == written)
            }
        }
    }

    @Test func borderDeltasComeBack() throws {
        for width in [14, 17, 20] {
            let limit = Int64(1) << (width - 1)
            for change in [-limit, -limit + 1, -limit + 2, limit - 1, limit, limit + 1] {
                let times = [0, 10_000_000, 20_000_000, 30_000_000 + change, 50_000_000]
                let samples = times.map { (Int64($0), UInt64(7)) }
                #expect(try decode(encode(samples)).map(\.0) == samples.map(\.0))
            }
        }
    }

    @Test func damagedBytesNeverTrap() {
        var random = SeededGenerator.fresh()
        let good = encode((0..<120).map { (Int64($0) * 15_000, Double($0 * $0).bitPattern) })
        for _ in 0..<3000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            bytes.removeLast(Int.random(in: 0...bytes.count / 2, using: &random))
            _ = try? decode(bytes)
        }
    }
}
