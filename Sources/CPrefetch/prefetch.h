// Asks the processor for a cache line that is needed soon.
#ifndef MARTLET_PREFETCH_H
#define MARTLET_PREFETCH_H

static inline __attribute__((always_inline)) void martlet_prefetch(const void *_Nonnull address) {
    __builtin_prefetch(address, 1, 3);
}

#endif
