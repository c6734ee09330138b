extension Collector {
    /// Reads pressure stall information; on a v1 machine from the unified hierarchy beside it.
    func readPressure(_ cgroup: Cgroup) {
        var pressure = PressureSample()
        pressure.cpu = pressureOf(.cpuPressure, cgroup)
        pressure.memory = pressureOf(.memoryPressure, cgroup)
        pressure.io = pressureOf(.ioPressure, cgroup)
        let isKnown = pressure.cpu != nil || pressure.memory != nil || pressure.io != nil
        cgroup.sample.pressure = isKnown ? pressure : nil
    }

    /// nil when the kernel does not keep it.
    private func pressureOf(_ file: ControlFile, _ cgroup: Cgroup) -> PressureSample.Resource? {
        guard read(file, cgroup) else { return nil }
        guard let resource = PressureSample.Resource(reader: &reader) else {
            malformed(file, cgroup)
            return nil
        }
        return resource
    }
}

extension PressureSample.Resource {
    /// Reads the two lines of a pressure file; nil when neither is there.
    init?(reader: inout FileReader) {
        self.init()
        var isKnown = false
        while !reader.isAtEnd {
            if reader.skip("some ") {
                some = PressureSample.Line(reader: &reader)
                isKnown = true
            } else if reader.skip("full ") {
                full = PressureSample.Line(reader: &reader)
                isKnown = true
            }
            reader.skipLine()
        }
        guard isKnown else { return nil }
    }
}

extension PressureSample.Line {
    /// Reads `avg10=0.00 avg60=0.00 avg300=0.00 total=0`.
    fileprivate init(reader: inout FileReader) {
        self.init()
        reader.skipSpaces()
        if reader.skip("avg10=") { average10 = reader.hundredths() }
        reader.skipSpaces()
        if reader.skip("avg60=") { average60 = reader.hundredths() }
        reader.skipSpaces()
        if reader.skip("avg300=") { average300 = reader.hundredths() }
        reader.skipSpaces()
        if reader.skip("total=") { total = reader.integer() ?? 0 }
    }
}

extension FileReader {
    /// A number with two decimals.
    fileprivate mutating func hundredths() -> Double {
        let whole = integer() ?? 0
        guard skip(UInt8(ascii: ".")) else { return Double(whole) }
        return Double(whole) + Double(integer() ?? 0) / 100
    }
}
