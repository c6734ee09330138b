/// How the samples of a chunk are written; the byte that stands before every chunk on disk.
enum ChunkEncoding: UInt8 {
    case xor = 1
    case histogram = 2
    case floatHistogram = 3
    /// XOR with a joint prefix for time and value, and start timestamps; Prometheus 3.10 and later.
    case xor2 = 4
    case histogramST = 5
    case floatHistogramST = 6
}
