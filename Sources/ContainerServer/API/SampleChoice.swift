import ContainerStats
import Hummingbird
import JSON
import NIOCore

/// Which samples a request of the first API wants: the body `{"num_stats": 60, "start": …, "end": …}`.
struct SampleChoice {
    /// nil is all.
    var count: Int? = 60
    /// Milliseconds since 1970, inclusive.
    var start: Int64?
    var end: Int64?

    /// - Throws: `invalidRequest`.
    init(_ request: Request, bodyBytesMax: Int) async throws {
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: bodyBytesMax)
        } catch is NIOTooManyBytesError {
            throw ContainerServerError(.invalidRequest, "the body is longer than \(bodyBytesMax) bytes")
        }
        let bytes = Array(body.readableBytesView)
        guard bytes.contains(where: { $0 > 0x20 }) else { return }
        let json: JSONValue
        do {
            json = try JSONValue.parse(bytes)
        } catch {
            throw ContainerServerError(.invalidRequest, "unable to decode the json value: \(error)")
        }
        if let number = json["num_stats"]?.int, number != 0 { count = number < 0 ? nil : number }
        start = try SampleChoice.time(json["start"], "start")
        end = try SampleChoice.time(json["end"], "end")
    }

    /// The chosen ones, oldest first.
    func of(_ samples: [ContainerSample]) -> [ContainerSample] {
        let within = samples.filter { sample in
            (start.map { sample.time >= $0 } ?? true) && (end.map { sample.time <= $0 } ?? true)
        }
        return count.map { Array(within.suffix($0)) } ?? within
    }

    private static func time(_ value: JSONValue?, _ name: String) throws(ContainerServerError) -> Int64? {
        guard let text = value?.string, !text.isEmpty else { return nil }
        guard let seconds = RFC3339.seconds(text) else {
            throw ContainerServerError(
                .invalidRequest, "unable to decode \(name): got \"\(text)\", want RFC 3339")
        }
        // Go writes "no time" as the year 1.
        return seconds == 0 ? nil : Int64(seconds * 1000)
    }
}
