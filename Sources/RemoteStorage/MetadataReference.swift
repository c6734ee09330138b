import StorageAPI
import Wire

/// The metadata of a series of a version 2 request: a type, and where unit and help stand in its symbols.
struct MetadataReference: Hashable {
    var kind = SeriesMetadata.Kind.unknown
    var unit = 0
    var help = 0

    init(_ message: UnsafeRawBufferPointer) throws(WireError) {
        var reader = ProtobufReader(message)
        while let field = try reader.next() {
            switch field.number {
            case 1: kind = .init(rawValue: UInt8(clamping: try reader.varint())) ?? .unknown
            case 3: help = Int(clamping: try reader.varint())
            case 4: unit = Int(clamping: try reader.varint())
            default: try reader.skip()
            }
        }
    }
}

extension RemoteWriteScratch {
    /// The metadata that a reference means. Its places are within the symbols.
    func metadata(_ reference: MetadataReference) -> SeriesMetadata {
        if let known = metadata[reference] { return known }
        let made = SeriesMetadata(
            kind: reference.kind, unit: String(decoding: symbols[reference.unit], as: UTF8.self),
            help: String(decoding: symbols[reference.help], as: UTF8.self))
        metadata[reference] = made
        return made
    }
}
