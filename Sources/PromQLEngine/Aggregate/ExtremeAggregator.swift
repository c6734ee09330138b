/// `min` and `max`: NaN only when there is nothing else.
struct ExtremeAggregator: Aggregator {
    let isMaximum: Bool
    let steps: Int
    let place: Int
    private var values: [Double] = []

    init(isMaximum: Bool, steps: Int, place: Int) {
        self.isMaximum = isMaximum
        self.steps = steps
        self.place = place
    }

    var heldCount: Int { values.count }

    mutating func add(_ rows: borrowing Table, _ row: Int, group: Int, _ annotations: inout Annotations) {
        while values.count < (group + 1) * steps {
            values.append(contentsOf: repeatElement(.absent, count: steps))
        }
        let isMaximum = isMaximum
        let steps = steps
        rows.values.withUnsafeBufferPointer { input in
            values.withUnsafeMutableBufferPointer { output in
                var step = 0
                while step < steps {
                    if steps - step >= 4 {
                        let width = MemoryLayout<Double>.stride
                        let target = (group * steps + step) * width
                        let new = UnsafeRawBufferPointer(input).loadUnaligned(
                            fromByteOffset: (row * steps + step) * width, as: SIMD4<Double>.self)
                        let old = UnsafeRawBufferPointer(output).loadUnaligned(
                            fromByteOffset: target, as: SIMD4<Double>.self)
                        // None of the eight is a NaN, and so none is absent.
                        if all((new .== new) .& (old .== old)) {
                            let isBeyond = isMaximum ? old .< new : old .> new
                            UnsafeMutableRawBufferPointer(output).storeBytes(
                                of: old.replacing(with: new, where: isBeyond), toByteOffset: target,
                                as: SIMD4<Double>.self)
                            step += 4
                            continue
                        }
                    }
                    defer { step += 1 }
                    let value = input[row * steps + step]
                    if value.isAbsent { continue }
                    let old = output[group * steps + step]
                    // Absent is a NaN too.
                    if old.isNaN || (isMaximum ? old < value : old > value) {
                        output[group * steps + step] = value
                    }
                }
            }
        }
        if let column = rows.histogramColumn(row), column.contains(where: { $0 != nil }) {
            annotations.histogramIgnored(inAggregation: isMaximum ? "max" : "min", at: place)
        }
    }

    mutating func result(_ groups: Grouping, _ annotations: inout Annotations) -> Table {
        groupTable(groups, values, steps: steps)
    }
}
