// CRC-32C (Castagnoli), the checksum of every Prometheus disk format.
#ifndef MARTLET_CHECKSUM_H
#define MARTLET_CHECKSUM_H
#include <stddef.h>
#include <stdint.h>

/// Extends `crc` (0 for a new checksum) over `length` bytes. Uses the CPU's instruction where there
/// is one.
uint32_t martlet_crc32c(uint32_t crc, const void *_Nullable bytes, size_t length);

#endif
