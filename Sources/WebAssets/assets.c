// Written by scripts/list-assets; do not edit.
#include "web_assets.h"

#if !__has_embed("vendor/uPlot.iife.min.js")
#error "the vendored browser libraries are missing: run `make setup`"
#endif

static const unsigned char asset_0[] = {
#embed "vendor/uPlot.iife.min.js"
};
static const unsigned char asset_1[] = {
#embed "vendor/uPlot.min.css"
};

static const martlet_asset table[] = {
    {"vendor/uPlot.iife.min.js", asset_0, sizeof asset_0},
    {"vendor/uPlot.min.css", asset_1, sizeof asset_1},
};

const martlet_asset *martlet_assets(size_t *count) {
    *count = sizeof table / sizeof table[0];
    return table;
}
