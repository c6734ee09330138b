/// The kinds of remote write requests, under their protobuf names.
public enum RemoteWriteMessage: String, Sendable, CaseIterable {
    case version1 = "prometheus.WriteRequest"
    case version2 = "io.prometheus.write.v2.Request"

    /// The message that a Content-Type announces; none means version 1. Nil for another type.
    public init?(contentType: String?) {
        let parts = (contentType ?? "").split(separator: ";").map { $0.trimmed }
        guard let type = parts.first else {
            self = .version1
            return
        }
        guard type.lowercased() == "application/x-protobuf" else { return nil }
        var message = RemoteWriteMessage.version1
        for parameter in parts.dropFirst() where parameter.lowercased().hasPrefix("proto=") {
            guard let named = RemoteWriteMessage(rawValue: parameter.dropFirst(6).filter { $0 != "\"" })
            else { return nil }
            message = named
        }
        self = message
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var part = drop { $0 == " " || $0 == "\t" }
        while part.last == " " || part.last == "\t" { part.removeLast() }
        return part
    }
}
