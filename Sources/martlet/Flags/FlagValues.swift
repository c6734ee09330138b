import ArgumentParser
import MetricModel
import WebServer

/// A duration as Prometheus writes it: `15d`, `1h30m`, `500ms`.
struct DurationFlag: ExpressibleByArgument, CustomStringConvertible {
    let milliseconds: Int64

    init(_ milliseconds: Int64) { self.milliseconds = milliseconds }

    init?(argument: String) {
        guard let value = DurationText.parse(argument) else { return nil }
        milliseconds = value
    }

    var description: String { DurationText.format(milliseconds: milliseconds) }
    var defaultValueDescription: String { description }
}

/// A number of bytes with a unit of powers of 1024, as Prometheus takes it: `512MB`, `1.5GB`, `100KiB`.
struct SizeFlag: ExpressibleByArgument, CustomStringConvertible {
    let bytes: Int64

    private static let units = ["B", "KB", "MB", "GB", "TB", "PB", "EB"]

    init(_ bytes: Int64) { self.bytes = bytes }

    init?(argument: String) {
        if argument == "0" {
            bytes = 0
            return
        }
        let number = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = argument.dropFirst(number.count).replacing("iB", with: "B")
        guard let value = Double(number), let power = SizeFlag.units.firstIndex(of: String(unit)) else {
            return nil
        }
        var factor = 1.0
        for _ in 0..<power { factor *= 1024 }
        guard let whole = Int64(exactly: (value * factor).rounded()) else { return nil }
        bytes = whole
    }

    var description: String {
        var (value, power) = (bytes, 0)
        while value != 0, value % 1024 == 0, power < SizeFlag.units.count - 1 {
            (value, power) = (value / 1024, power + 1)
        }
        return "\(value)\(SizeFlag.units[power])"
    }
    var defaultValueDescription: String { description }
}

/// An address to listen on.
struct AddressFlag: ExpressibleByArgument, CustomStringConvertible {
    let address: ListenAddress

    init(_ host: String, _ port: Int) { address = ListenAddress(host: host, port: port) }

    init?(argument: String) {
        guard let address = try? ListenAddress(argument) else { return nil }
        self.address = address
    }

    var description: String { address.description }
    var defaultValueDescription: String { description }
}
