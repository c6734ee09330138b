#include "web_assets.h"
static const martlet_asset table[1];
const martlet_asset *martlet_assets(size_t *count) { *count = 0; return table; }
