// Written by scripts/list-assets; do not edit.
#include "web_assets.h"

#if !__has_embed("vendor/uPlot.iife.min.js")
#error "the vendored browser libraries are missing: run `make setup`"
#endif

static const unsigned char asset_0[] = {
#embed "models/breast-cancer.json"
};
static const unsigned char asset_1[] = {
#embed "vendor/uPlot.iife.min.js"
};
static const unsigned char asset_2[] = {
#embed "vendor/uPlot.min.css"
};
static const unsigned char asset_3[] = {
#embed "web/charts/chart.js"
};
static const unsigned char asset_4[] = {
#embed "web/favicon.svg"
};
static const unsigned char asset_5[] = {
#embed "web/lib/api.js"
};
static const unsigned char asset_6[] = {
#embed "web/lib/dom.js"
};
static const unsigned char asset_7[] = {
#embed "web/lib/events.js"
};
static const unsigned char asset_8[] = {
#embed "web/lib/icons.js"
};
static const unsigned char asset_9[] = {
#embed "web/lib/overlay.js"
};
static const unsigned char asset_10[] = {
#embed "web/lib/router.js"
};
static const unsigned char asset_11[] = {
#embed "web/lib/theme.js"
};
static const unsigned char asset_12[] = {
#embed "web/models/adhoc.js"
};
static const unsigned char asset_13[] = {
#embed "web/models/colors.js"
};
static const unsigned char asset_14[] = {
#embed "web/models/dateFormat.js"
};
static const unsigned char asset_15[] = {
#embed "web/models/decimate.js"
};
static const unsigned char asset_16[] = {
#embed "web/models/fieldConfig.js"
};
static const unsigned char asset_17[] = {
#embed "web/models/fieldValues.js"
};
static const unsigned char asset_18[] = {
#embed "web/models/frames.js"
};
static const unsigned char asset_19[] = {
#embed "web/models/grid.js"
};
static const unsigned char asset_20[] = {
#embed "web/models/interpolate.js"
};
static const unsigned char asset_21[] = {
#embed "web/models/palette.js"
};
static const unsigned char asset_22[] = {
#embed "web/models/reduce.js"
};
static const unsigned char asset_23[] = {
#embed "web/models/stack.js"
};
static const unsigned char asset_24[] = {
#embed "web/models/step.js"
};
static const unsigned char asset_25[] = {
#embed "web/models/timeRange.js"
};
static const unsigned char asset_26[] = {
#embed "web/models/units.js"
};
static const unsigned char asset_27[] = {
#embed "web/models/variables.js"
};
static const unsigned char asset_28[] = {
#embed "web/style/base.css"
};
static const unsigned char asset_29[] = {
#embed "web/style/components.css"
};
static const unsigned char asset_30[] = {
#embed "web/style/tokens.css"
};

static const martlet_asset table[] = {
    {"models/breast-cancer.json", asset_0, sizeof asset_0},
    {"vendor/uPlot.iife.min.js", asset_1, sizeof asset_1},
    {"vendor/uPlot.min.css", asset_2, sizeof asset_2},
    {"web/charts/chart.js", asset_3, sizeof asset_3},
    {"web/favicon.svg", asset_4, sizeof asset_4},
    {"web/lib/api.js", asset_5, sizeof asset_5},
    {"web/lib/dom.js", asset_6, sizeof asset_6},
    {"web/lib/events.js", asset_7, sizeof asset_7},
    {"web/lib/icons.js", asset_8, sizeof asset_8},
    {"web/lib/overlay.js", asset_9, sizeof asset_9},
    {"web/lib/router.js", asset_10, sizeof asset_10},
    {"web/lib/theme.js", asset_11, sizeof asset_11},
    {"web/models/adhoc.js", asset_12, sizeof asset_12},
    {"web/models/colors.js", asset_13, sizeof asset_13},
    {"web/models/dateFormat.js", asset_14, sizeof asset_14},
    {"web/models/decimate.js", asset_15, sizeof asset_15},
    {"web/models/fieldConfig.js", asset_16, sizeof asset_16},
    {"web/models/fieldValues.js", asset_17, sizeof asset_17},
    {"web/models/frames.js", asset_18, sizeof asset_18},
    {"web/models/grid.js", asset_19, sizeof asset_19},
    {"web/models/interpolate.js", asset_20, sizeof asset_20},
    {"web/models/palette.js", asset_21, sizeof asset_21},
    {"web/models/reduce.js", asset_22, sizeof asset_22},
    {"web/models/stack.js", asset_23, sizeof asset_23},
    {"web/models/step.js", asset_24, sizeof asset_24},
    {"web/models/timeRange.js", asset_25, sizeof asset_25},
    {"web/models/units.js", asset_26, sizeof asset_26},
    {"web/models/variables.js", asset_27, sizeof asset_27},
    {"web/style/base.css", asset_28, sizeof asset_28},
    {"web/style/components.css", asset_29, sizeof asset_29},
    {"web/style/tokens.css", asset_30, sizeof asset_30},
};

const martlet_asset *martlet_assets(size_t *count) {
    *count = sizeof table / sizeof table[0];
    return table;
}
