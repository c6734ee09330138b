internal import Platform
internal import StorageAPI
internal import Wire

/// Bytes on disk that are not what was written there, with their place.
struct TSDBError: Error, CustomStringConvertible {
    enum Kind: String {
        /// Damaged or foreign bytes.
        case corruption
        /// A version of a format that is newer than this program.
        case unsupported
        case io
        case diskFull
    }

    let kind: Kind
    let message: String
    /// The file, or nil when the bytes are in memory.
    let file: String?
    /// Bytes from the start of the file.
    let offset: Int?

    init(_ kind: Kind, _ message: String, file: String? = nil, offset: Int? = nil) {
        self.kind = kind
        self.message = message
        self.file = file
        self.offset = offset
    }

    init(_ error: DiskError) {
        self.init(error.kind == .diskFull ? .diskFull : .io, error.description, file: error.path)
    }

    init(_ error: WireError, file: String? = nil, offset: Int? = nil) {
        self.init(.corruption, error.message, file: file, offset: offset)
    }

    var description: String {
        var text = message
        if let file { text += " (\(file)" + (offset.map { ", offset \($0))" } ?? ")") }
        return text
    }

    /// What users of the storage are told.
    var asStorageError: StorageError {
        switch kind {
        case .corruption, .unsupported: StorageError(.corruption, description)
        case .io: StorageError(.io, description)
        case .diskFull: StorageError(.diskFull, description)
        }
    }
}

extension StorageError {
    init(_ error: DiskError, doing what: String) {
        self.init(error.kind == .diskFull ? .diskFull : .io, "cannot \(what): \(error.description)")
    }
}
