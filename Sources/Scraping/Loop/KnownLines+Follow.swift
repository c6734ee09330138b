import Exposition
import StorageAPI

extension KnownLines {
    /// Reads lines for as long as they are the expected ones: the hot loop of a scrape. Stops, without an
    /// error, at the first line that is not.
    mutating func follow(
        _ parser: inout ExpositionParser, _ pass: inout ScrapePass, into batch: inout SampleBatch
    ) throws(ExpositionError) {
        try Self.follow(order, text, &slots, &parser, &pass, into: &batch)
    }

    private static func follow(
        _ order: [UInt32], _ text: [UInt8], _ slots: inout [Slot], _ parser: inout ExpositionParser,
        _ pass: inout ScrapePass, into batch: inout SampleBatch
    ) throws(ExpositionError) {
        try slots.withUnsafeMutableBufferPointer { slots throws(ExpositionError) in
            try text.withUnsafeBufferPointer { text throws(ExpositionError) in
                while pass.cursor < order.count {
                    let index = order[pass.cursor]
                    let slot = slots[Int(index)]
                    let start = Int(slot.textOffset)
                    let known = UnsafeBufferPointer(rebasing: text[start..<start + Int(slot.textLength)])
                    // A line that was there already (after a leap back) is a matter for the slow path.
                    guard slot.generation != pass.generation else { return }
                    switch slot.kind {
                    case .comment, .typeComment:
                        guard parser.skip(knownAs: known) else { return }
                        if slot.kind == .typeComment { pass.typeCode = slot.type }
                    case .sample:
                        guard pass.samplesLeft > 0 else { return }
                        let value = parser.shortValue(knownAs: known)
                        let line = value == nil ? try parser.sample(knownAs: known) : nil
                        guard value != nil || line != nil else { return }
                        if pass.takesExemplars, let exemplar = line?.exemplar {
                            pass.exemplars.append((index, exemplar))
                        }
                        pass.counts.scraped += 1
                        pass.counts.kept += 1
                        pass.samplesLeft -= 1
                        if let value {
                            pass.add(value, at: pass.time, of: slot.reference, to: &batch)
                            if !slot.isTracked { slots[Int(index)].isTracked = true }
                        } else if let line, line.timestamp == nil || !pass.honorsTimestamps {
                            pass.add(line.value, at: pass.time, of: slot.reference, to: &batch)
                            if !slot.isTracked { slots[Int(index)].isTracked = true }
                        } else if let line, let timestamp = line.timestamp {
                            pass.take(line.value, at: timestamp, slot: &slots[Int(index)], into: &batch)
                        }
                    case .dropped:
                        guard try parser.sample(knownAs: known) != nil else { return }
                        pass.counts.scraped += 1
                    case .free: return
                    }
                    slots[Int(index)].generation = pass.generation
                    if pass.isRecording { pass.visited.append(index) }
                    pass.cursor += 1
                }
            }
        }
    }
}

extension ScrapePass {
    /// Adds a sample with its own timestamp to the batch, unless it lies too far ahead.
    mutating func take(
        _ value: Double, at timestamp: Int64, slot: inout KnownLines.Slot, into batch: inout SampleBatch
    ) {
        slot.isTracked = tracksTimestamps
        if timestamp > timeMax {
            counts.outOfBounds += 1
        } else {
            add(value, at: timestamp, of: slot.reference, to: &batch)
        }
    }
}
