// The browser files of Sources/WebAssets/web and vendor, compiled into the program.
#ifndef MARTLET_WEB_ASSETS_H
#define MARTLET_WEB_ASSETS_H
#include <stddef.h>

typedef struct {
    /// Path below `web/` (or `vendor/…`), NUL-terminated, for instance "lib/dom.js".
    const char *_Nonnull path;
    const unsigned char *_Nonnull bytes;
    size_t length;
} martlet_asset;

/// All assets, sorted by path in byte order.
const martlet_asset *_Nonnull martlet_assets(size_t *_Nonnull count);

#endif
