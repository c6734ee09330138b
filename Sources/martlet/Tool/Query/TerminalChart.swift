import MetricModel
import QueryAPI

/// A small chart of lines in text: the dots of Braille, two by four a character. Series are told apart by
/// a letter at their newest point.
struct TerminalChart {
    private static let width = 72
    private static let height = 16
    private static let seriesMax = 26

    private let series: [RangeAnswer]
    private let start: Double
    private let end: Double

    /// - Parameters: milliseconds since 1970.
    init(_ series: [RangeAnswer], start: Timestamp, end: Timestamp) {
        self.series = series
        self.start = Double(start)
        self.end = Double(max(end, start + 1))
    }

    var text: String {
        let shown = series.prefix(TerminalChart.seriesMax)
        let values = shown.flatMap { $0.points.map(\.value) }.filter(\.isFinite)
        guard var low = values.min(), var high = values.max() else { return "no points to draw\n" }
        if low == high {
            let margin = low == 0 ? 1 : abs(low) * 0.5
            low -= margin
            high += margin
        }
        var dots = [UInt8](repeating: 0, count: TerminalChart.width * TerminalChart.height)
        var letters: [Int: Character] = [:]
        for (index, one) in shown.enumerated() {
            var previous: (x: Int, y: Int)?
            for point in one.points {
                guard point.value.isFinite else {
                    previous = nil
                    continue
                }
                let x = TerminalChart.place(point.time, start, end, TerminalChart.width * 2)
                let y =
                    TerminalChart.height * 4 - 1
                    - TerminalChart.place(point.value, low, high, TerminalChart.height * 4)
                TerminalChart.draw(from: previous ?? (x, y), to: (x, y), &dots)
                previous = (x, y)
            }
            if let previous, shown.count > 1 {
                letters[previous.y / 4 * TerminalChart.width + previous.x / 2] = Character(
                    UnicodeScalar(UInt8(ascii: "a") + UInt8(index)))
            }
        }
        return lines(dots, letters, low, high) + legend(shown.count)
    }

    private func lines(_ dots: [UInt8], _ letters: [Int: Character], _ low: Double, _ high: Double) -> String
    {
        let marks = [0: high, TerminalChart.height - 1: low].mapValues { TerminalChart.short($0) }
        let margin = marks.values.map(\.count).max() ?? 0
        var result = ""
        for row in 0..<TerminalChart.height {
            let mark = marks[row] ?? ""
            result += String(repeating: " ", count: margin - mark.count) + mark + (mark.isEmpty ? " │" : " ┤")
            var line = ""
            for column in 0..<TerminalChart.width {
                let place = row * TerminalChart.width + column
                if let letter = letters[place] {
                    line.append(letter)
                } else if dots[place] == 0 {
                    line.append(" ")
                } else if let scalar = UnicodeScalar(0x2800 + UInt32(dots[place])) {
                    line.unicodeScalars.append(scalar)
                }
            }
            while line.hasSuffix(" ") { line.removeLast() }
            result += line + "\n"
        }
        let from = RFC3339.text(Timestamp(start))
        let to = RFC3339.text(Timestamp(end))
        let gap = max(TerminalChart.width - from.count - to.count, 1)
        result +=
            String(repeating: " ", count: margin) + " └" + String(repeating: "─", count: TerminalChart.width)
            + "\n"
        return result + String(repeating: " ", count: margin + 2) + from + String(repeating: " ", count: gap)
            + to + "\n"
    }

    private func legend(_ count: Int) -> String {
        var result = ""
        for (index, one) in series.prefix(count).enumerated() {
            let letter = count > 1 ? "\(UnicodeScalar(UInt8(ascii: "a") + UInt8(index)))  " : ""
            result +=
                letter + one.title + (one.points.last.map { "  " + TerminalChart.short($0.value) } ?? "")
                + "\n"
        }
        if series.count > count { result += "and \(series.count - count) more series\n" }
        return result
    }

    /// Of `count` places from low to high.
    private static func place(_ value: Double, _ low: Double, _ high: Double, _ count: Int) -> Int {
        // Halved first: the difference of two doubles may be infinite.
        let share = (value / 2 - low / 2) / (high / 2 - low / 2)
        return Int((min(max(share, 0), 1) * Double(count - 1)).rounded())
    }

    private static func draw(from a: (x: Int, y: Int), to b: (x: Int, y: Int), _ dots: inout [UInt8]) {
        let bits: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]
        let steps = max(abs(b.x - a.x), abs(b.y - a.y), 1)
        for step in 0...steps {
            let x = a.x + (b.x - a.x) * step / steps
            let y = a.y + (b.y - a.y) * step / steps
            dots[y / 4 * width + x / 2] |= bits[y % 4][x % 2]
        }
    }

    /// Four digits or so.
    private static func short(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return FloatText.string(value, style: .exposition) }
        var scale = 1.0
        while abs(value) * scale < 1000, scale < 1e12 { scale *= 10 }
        let rounded = (value * scale).rounded() / scale
        return FloatText.string(abs(value) < 1e12 ? rounded : value, style: .exposition)
    }
}
