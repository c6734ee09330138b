import MetricModel
import NIOCore
public import PromQLEngine
import StorageAPI

extension AnswerWriter {
    /// The value of a query: the members `resultType` and `result` of an object.
    ///
    /// - Throws: `execution` when the answer grows beyond its bound.
    mutating func members(of value: QueryValue) throws(APIError) {
        switch value {
        case .scalar(let sample):
            begin("scalar")
            point(sample.timestamp, sample.value)
        case .string(let timestamp, let text):
            begin("string")
            byte(UInt8(ascii: "["))
            seconds(timestamp)
            byte(UInt8(ascii: ","))
            string(text)
            byte(UInt8(ascii: "]"))
        case .vector(let elements):
            begin("vector")
            try array { json throws(APIError) in
                for element in elements {
                    json.instantSeries(element)
                    try json.checkSize()
                }
            }
        case .matrix(let series):
            begin("matrix")
            try matrix(series)
        }
    }

    private mutating func begin(_ type: StaticString) {
        member("resultType")
        raw("\"")
        raw(type)
        raw("\"")
        member("result")
    }

    /// `{"metric":{…},"value":[…]}`, an element of a list.
    mutating func instantSeries(_ element: InstantSeries) {
        self.element()
        raw("{\"metric\":")
        labels(element.labels)
        if let histogram = element.histogram {
            raw(",\"histogram\":[")
            seconds(element.sample.timestamp)
            byte(UInt8(ascii: ","))
            self.histogram(histogram)
            raw("]}")
        } else {
            raw(",\"value\":")
            point(element.sample.timestamp, element.sample.value)
            byte(UInt8(ascii: "}"))
        }
    }

    /// `[{"metric":{…},"values":[[…],…]},…]`.
    public mutating func matrix(_ series: [RangeSeries]) throws(APIError) {
        try array { json throws(APIError) in
            for one in series {
                json.rangeSeries(one)
                try json.checkSize()
            }
        }
    }

    /// `{"metric":{…},"values":[…]}`, an element of a list.
    mutating func rangeSeries(_ series: RangeSeries) {
        element()
        raw("{\"metric\":")
        labels(series.labels)
        if !series.samples.timestamps.isEmpty {
            raw(",\"values\":[")
            points(series.samples)
            byte(UInt8(ascii: "]"))
        }
        if !series.samples.histogramTimestamps.isEmpty {
            raw(",\"histograms\":[")
            histogramPoints(series.samples)
            byte(UInt8(ascii: "]"))
        }
        byte(UInt8(ascii: "}"))
    }

    private mutating func points(_ samples: SampleColumns) {
        let count = min(samples.timestamps.count, samples.values.count)
        samples.timestamps.withUnsafeBufferPointer { timestamps in
            samples.values.withUnsafeBufferPointer { values in
                var next = 0
                while next < count {
                    let end = min(next + 256, count)
                    write(atMost: (end - next) * PointText.bytesMax) { room in
                        guard let start = room.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
                            return 0
                        }
                        var place = start
                        while next < end {
                            if next > 0 {
                                place[0] = UInt8(ascii: ",")
                                place += 1
                            }
                            place = PointText.point(timestamps[next], values[next], at: place)
                            next += 1
                        }
                        return place - start
                    }
                }
            }
        }
    }

    private mutating func histogramPoints(_ samples: SampleColumns) {
        for index in 0..<min(samples.histogramTimestamps.count, samples.histograms.count) {
            if index > 0 { byte(UInt8(ascii: ",")) }
            byte(UInt8(ascii: "["))
            seconds(samples.histogramTimestamps[index])
            byte(UInt8(ascii: ","))
            histogram(samples.histograms[index])
            byte(UInt8(ascii: "]"))
        }
    }

    // MARK: - One number

    mutating func point(_ timestamp: Timestamp, _ value: Double) {
        place { PointText.point(timestamp, value, at: $0) }
    }

    /// Seconds since 1970 as a number.
    mutating func seconds(_ timestamp: Timestamp) {
        place { PointText.seconds(timestamp, at: $0) }
    }

    /// A value in quotes.
    mutating func quotedFloat(_ value: Double) {
        place { PointText.float(value, at: $0) }
    }

    private mutating func place(_ body: (UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8>) {
        write(atMost: PointText.bytesMax) { room in
            guard let start = room.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return 0 }
            return body(start) - start
        }
    }

    // MARK: - Histograms

    /// `{"count":"…","sum":"…","buckets":[[rule,"lower","upper","count"],…]}`; empty buckets are left
    /// out. The rule is 0 for (lower, upper], 1 for [lower, upper), 3 for [lower, upper].
    mutating func histogram(_ histogram: FloatHistogram) {
        raw("{\"count\":")
        quotedFloat(histogram.count)
        raw(",\"sum\":")
        quotedFloat(histogram.sum)
        var hasBuckets = false
        for bucket in histogram.allBuckets where bucket.count != 0 {
            raw(hasBuckets ? ",[" : ",\"buckets\":[[")
            hasBuckets = true
            integer(bucket.includesLower ? (bucket.includesUpper ? 3 : 1) : (bucket.includesUpper ? 0 : 2))
            for number in [bucket.lower, bucket.upper, bucket.count] {
                byte(UInt8(ascii: ","))
                quotedFloat(number)
            }
            byte(UInt8(ascii: "]"))
        }
        raw(hasBuckets ? "]}" : "}")
    }
}
