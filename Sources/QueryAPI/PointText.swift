import MetricModel

/// Points as the API writes them, put at a place in a buffer. Each function returns the place after what
/// it wrote.
///
/// Pointers, since a large answer is mostly this: millions of points, each some 30 bytes.
enum PointText {
    /// The most bytes of one point with its brackets and comma.
    static let bytesMax = 64

    /// `[1435781451.781,"1"]`.
    @inline(__always)
    static func point(_ timestamp: Timestamp, _ value: Double, at place: UnsafeMutablePointer<UInt8>)
        -> UnsafeMutablePointer<UInt8>
    {
        place[0] = UInt8(ascii: "[")
        var place = seconds(timestamp, at: place + 1)
        place[0] = UInt8(ascii: ",")
        place = float(value, at: place + 1)
        place[0] = UInt8(ascii: "]")
        return place + 1
    }

    /// Seconds with the milliseconds as three digits when there are any.
    static func seconds(_ timestamp: Timestamp, at place: UnsafeMutablePointer<UInt8>)
        -> UnsafeMutablePointer<UInt8>
    {
        FloatText.writeSeconds(milliseconds: timestamp, at: place)
    }

    /// A value in quotes: the shortest digits that read back the same, decimal from 1e-6 up to 1e21.
    static func float(_ value: Double, at place: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
        place[0] = UInt8(ascii: "\"")
        let end = FloatText.write(value, style: .json, at: place + 1)
        end[0] = UInt8(ascii: "\"")
        return end + 1
    }
}
