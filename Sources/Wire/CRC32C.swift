internal import CChecksum

/// CRC-32C (Castagnoli), the checksum of every Prometheus disk format.
public enum CRC32C {
    /// Extends `checksum` (0 for a new one) over the bytes.
    public static func extend(_ checksum: UInt32 = 0, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
        martlet_crc32c(checksum, bytes.baseAddress, bytes.count)
    }
}
