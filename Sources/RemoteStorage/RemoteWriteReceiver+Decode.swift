import MetricModel
import StorageAPI
import Wire

/// Both versions in one walk over the bytes: nothing is allocated for a sample, and nothing for a series
/// that was written before. Source: Prometheus' `prompb/remote.proto`, `prompb/io/prometheus/write/v2/types.proto`.
extension RemoteWriteReceiver {
    private static let interrupted = WireError(.malformed, "the storage refused a series")

    // MARK: - Version 1

    func decodeVersion1(_ state: RemoteWriteScratch) throws(WireError) {
        var request = ProtobufReader(state.decoded.bytes)
        while let field = try request.next() {
            if field.number == 1 { try series1(try request.bytes(), state) }
        }
    }

    private func series1(_ message: UnsafeRawBufferPointer, _ state: RemoteWriteScratch) throws(WireError) {
        // Senders write the labels first: of a series that is known their bytes are only compared.
        var prefix = ByteReader(message)
        while !prefix.isAtEnd, message[prefix.position] == RemoteWriteReceiver.labelTag {
            try prefix.skip(1)
            _ = try prefix.lengthPrefixed()
        }
        let labels = UnsafeRawBufferPointer(rebasing: message[..<prefix.position])
        let rest = UnsafeRawBufferPointer(rebasing: message[prefix.position...])
        var reader = ProtobufReader(rest)
        var isPlain = true
        while let field = try reader.next() {
            if field.number == 1 { isPlain = false }
        }
        let fingerprint = state.table.fingerprint(labels)
        var reference = isPlain ? state.table.reference(of: fingerprint) : nil
        if reference == nil {
            try collectLabels(message, state)
            let made = try register(state)
            if isPlain, made != .none { state.table.insert(made, for: fingerprint) }
            reference = made
        }
        reader = ProtobufReader(rest)
        while let field = try reader.next() {
            switch field.number {
            case 2: try sample(try reader.bytes(), reference ?? .none, readsStart: false, state)
            case 3 where store.takesExemplars:
                try exemplar1(try reader.bytes(), reference ?? .none, state)
            case 4: try histogram(try reader.bytes(), reference ?? .none, readsStart: false, state)
            default: try reader.skip()
            }
        }
    }

    /// Field 1, length-delimited.
    private static let labelTag: UInt8 = 0x0A

    private func collectLabels(_ message: UnsafeRawBufferPointer, _ state: RemoteWriteScratch)
        throws(WireError)
    {
        state.labels.begin()
        var reader = ProtobufReader(message)
        while let field = try reader.next() {
            if field.number == 1 { try addLabel(try reader.bytes(), state) }
        }
    }

    /// A `Label`: name and value.
    private func addLabel(_ message: UnsafeRawBufferPointer, _ state: RemoteWriteScratch) throws(WireError) {
        var pair = ProtobufReader(message)
        var name = UnsafeRawBufferPointer(start: nil, count: 0)
        var value = name
        while let part = try pair.next() {
            switch part.number {
            case 1: name = try pair.bytes()
            case 2: value = try pair.bytes()
            default: try pair.skip()
            }
        }
        state.labels.add(name, value)
    }

    // MARK: - Version 2

    func decodeVersion2(_ state: RemoteWriteScratch) throws(WireError) {
        state.symbols.removeAll(keepingCapacity: true)
        state.metadata.removeAll(keepingCapacity: true)
        var request = ProtobufReader(state.decoded.bytes)
        while let field = try request.next() {
            if field.number == 4 { state.symbols.append(try request.bytes()) }
        }
        request = ProtobufReader(state.decoded.bytes)
        while let field = try request.next() {
            if field.number == 5 { try series2(try request.bytes(), state) }
        }
    }

    private func series2(_ message: UnsafeRawBufferPointer, _ state: RemoteWriteScratch) throws(WireError) {
        state.references.removeAll(keepingCapacity: true)
        var hasSamples = false
        var metadata: MetadataReference?
        var reader = ProtobufReader(message)
        while let field = try reader.next() {
            switch field.number {
            case 1: try reader.appendUnsigned(field, to: &state.references)
            case 2, 3: hasSamples = true
            case 5: metadata = try MetadataReference(try reader.bytes())
            default: break
            }
        }
        if let metadata, max(metadata.unit, metadata.help) >= state.symbols.count {
            state.faults.append("a reference of metadata is outside of the symbols")
            return
        }
        state.labels.begin()
        guard state.references.count % 2 == 0, state.references.allSatisfy({ Int($0) < state.symbols.count })
        else {
            state.faults.append("label references are not pairs of symbols")
            return
        }
        for index in stride(from: 0, to: state.references.count, by: 2) {
            state.labels.add(
                state.symbols[Int(state.references[index])], state.symbols[Int(state.references[index + 1])])
        }
        guard hasSamples else {
            state.faults.append("a series has neither samples nor histograms")
            return
        }
        let reference = try reference(state)
        if reference == .none { state.faults.append("invalid labels") }
        let readsStart = store.takesStartTimestamps
        reader = ProtobufReader(message)
        while let field = try reader.next() {
            switch field.number {
            case 2: try sample(try reader.bytes(), reference, readsStart: readsStart, state)
            case 3: try histogram(try reader.bytes(), reference, readsStart: readsStart, state)
            case 4 where store.takesExemplars: try exemplar2(try reader.bytes(), reference, state)
            default: try reader.skip()
            }
        }
        if let metadata, reference != .none, store.takesMetadata {
            state.batch.append(reference, state.metadata(metadata))
        }
    }

    // MARK: - Parts

    /// The reference of the labels that were collected; none when they cannot be stored.
    private func reference(_ state: RemoteWriteScratch) throws(WireError) -> SeriesReference {
        guard state.labels.finish() else { return .none }
        let fingerprint = state.labels.packed.withUnsafeBytes { state.table.fingerprint($0) }
        if let known = state.table.reference(of: fingerprint) { return known }
        let reference = try register(state)
        if reference != .none { state.table.insert(reference, for: fingerprint) }
        return reference
    }

    private func register(_ state: RemoteWriteScratch) throws(WireError) -> SeriesReference {
        guard state.labels.finish(), let labels = state.labels.labels() else { return .none }
        do throws(StorageError) { return try store.register(labels) } catch {
            if error.kind == .invalidLabels { return .none }
            state.failure = RemoteStorageError(error)
            throw RemoteWriteReceiver.interrupted
        }
    }

    @inline(__always)
    private func sample(
        _ message: UnsafeRawBufferPointer, _ reference: SeriesReference, readsStart: Bool,
        _ state: RemoteWriteScratch
    ) throws(WireError) {
        var value = 0.0
        var timestamp: Timestamp = 0
        var start: Timestamp = 0
        // As all senders write it: value, then time, then the start if there is one. Anything else is read field
        // by field.
        var plain = ByteReader(message)
        if message.count >= 11, message[0] == 0x09, message[9] == 0x10 {
            try plain.skip(1)
            value = Double(bitPattern: try plain.littleEndian64())
            try plain.skip(1)
            timestamp = Int64(bitPattern: try plain.unsignedVarint())
            if !plain.isAtEnd, message[plain.position] == 0x18 {
                try plain.skip(1)
                start = Int64(bitPattern: try plain.unsignedVarint())
            }
        }
        if !plain.isAtEnd || message.isEmpty {
            var reader = ProtobufReader(message)
            value = 0
            timestamp = 0
            start = 0
            while let field = try reader.next() {
                switch field.number {
                case 1: value = try reader.double()
                case 2: timestamp = Int64(bitPattern: try reader.varint())
                case 3: start = Int64(bitPattern: try reader.varint())
                default: try reader.skip()
                }
            }
        }
        if reference == .none {
            state.invalidSampleCount += 1
        } else if readsStart {
            state.batch.append(reference, timestamp, value, start: start)
        } else {
            state.batch.append(reference, timestamp, value)
        }
    }

    /// Labels by name and value.
    private func exemplar1(
        _ message: UnsafeRawBufferPointer, _ reference: SeriesReference, _ state: RemoteWriteScratch
    ) throws(WireError) {
        var exemplar = Exemplar(labels: .empty, value: 0, timestamp: 0)
        state.labels.begin()
        var reader = ProtobufReader(message)
        while let field = try reader.next() {
            switch field.number {
            case 1: try addLabel(try reader.bytes(), state)
            case 2: exemplar.value = try reader.double()
            case 3: exemplar.timestamp = Int64(bitPattern: try reader.varint())
            default: try reader.skip()
            }
        }
        take(exemplar, reference, state)
    }

    /// Labels by symbols.
    private func exemplar2(
        _ message: UnsafeRawBufferPointer, _ reference: SeriesReference, _ state: RemoteWriteScratch
    ) throws(WireError) {
        var exemplar = Exemplar(labels: .empty, value: 0, timestamp: 0)
        var symbols: [UInt32] = []
        var reader = ProtobufReader(message)
        while let field = try reader.next() {
            switch field.number {
            case 1: try reader.appendUnsigned(field, to: &symbols)
            case 2: exemplar.value = try reader.double()
            case 3: exemplar.timestamp = Int64(bitPattern: try reader.varint())
            default: try reader.skip()
            }
        }
        guard symbols.count % 2 == 0, symbols.allSatisfy({ Int($0) < state.symbols.count }) else {
            state.faults.append("label references of an exemplar are not pairs of symbols")
            return
        }
        state.labels.begin()
        for index in stride(from: 0, to: symbols.count, by: 2) {
            state.labels.add(state.symbols[Int(symbols[index])], state.symbols[Int(symbols[index + 1])])
        }
        take(exemplar, reference, state)
    }

    /// - Parameter exemplar: without the labels, which were collected.
    private func take(_ exemplar: Exemplar, _ reference: SeriesReference, _ state: RemoteWriteScratch) {
        guard reference != .none, state.labels.finish(needsMetricName: false),
            let labels = state.labels.labels()
        else { return }
        var exemplar = exemplar
        exemplar.labels = labels
        state.batch.append(reference, exemplar)
    }

    private func histogram(
        _ message: UnsafeRawBufferPointer, _ reference: SeriesReference, readsStart: Bool,
        _ state: RemoteWriteScratch
    ) throws(WireError) {
        let sample = try RemoteHistogram(message)
        if reference == .none {
            state.invalidSampleCount += 1
        } else if let fault = sample.histogram.fault {
            state.faults.append("invalid histogram: \(fault)")
        } else {
            state.batch.append(
                reference, sample.timestamp, sample.histogram, start: readsStart ? sample.start : 0)
        }
    }
}
