// Written by scripts/list-assets; do not edit.
#include "web_assets.h"

#if !__has_embed("vendor/uPlot.iife.min.js")
#error "the vendored browser libraries are missing: run `make setup`"
#endif

static const unsigned char asset_0[] = {
#embed "dashboards/containers.json"
};
static const unsigned char asset_1[] = {
#embed "dashboards/service.json"
};
static const unsigned char asset_2[] = {
#embed "models/breast-cancer.json"
};
static const unsigned char asset_3[] = {
#embed "vendor/uPlot.iife.min.js"
};
static const unsigned char asset_4[] = {
#embed "vendor/uPlot.min.css"
};
static const unsigned char asset_5[] = {
#embed "web/charts/chart.js"
};
static const unsigned char asset_6[] = {
#embed "web/containers.html"
};
static const unsigned char asset_7[] = {
#embed "web/dashboards.html"
};
static const unsigned char asset_8[] = {
#embed "web/dashboards.js"
};
static const unsigned char asset_9[] = {
#embed "web/favicon.svg"
};
static const unsigned char asset_10[] = {
#embed "web/lib/api.js"
};
static const unsigned char asset_11[] = {
#embed "web/lib/base.js"
};
static const unsigned char asset_12[] = {
#embed "web/lib/dom.js"
};
static const unsigned char asset_13[] = {
#embed "web/lib/events.js"
};
static const unsigned char asset_14[] = {
#embed "web/lib/icons.js"
};
static const unsigned char asset_15[] = {
#embed "web/lib/overlay.js"
};
static const unsigned char asset_16[] = {
#embed "web/lib/router.js"
};
static const unsigned char asset_17[] = {
#embed "web/lib/styles.js"
};
static const unsigned char asset_18[] = {
#embed "web/lib/tabs.js"
};
static const unsigned char asset_19[] = {
#embed "web/lib/theme.js"
};
static const unsigned char asset_20[] = {
#embed "web/models/adhoc.js"
};
static const unsigned char asset_21[] = {
#embed "web/models/candles.js"
};
static const unsigned char asset_22[] = {
#embed "web/models/canvasElements.js"
};
static const unsigned char asset_23[] = {
#embed "web/models/colors.js"
};
static const unsigned char asset_24[] = {
#embed "web/models/conditions.js"
};
static const unsigned char asset_25[] = {
#embed "web/models/dateFormat.js"
};
static const unsigned char asset_26[] = {
#embed "web/models/decimate.js"
};
static const unsigned char asset_27[] = {
#embed "web/models/exemplars.js"
};
static const unsigned char asset_28[] = {
#embed "web/models/exportDashboard.js"
};
static const unsigned char asset_29[] = {
#embed "web/models/fieldConfig.js"
};
static const unsigned char asset_30[] = {
#embed "web/models/fieldValues.js"
};
static const unsigned char asset_31[] = {
#embed "web/models/folderTree.js"
};
static const unsigned char asset_32[] = {
#embed "web/models/frames.js"
};
static const unsigned char asset_33[] = {
#embed "web/models/geo.js"
};
static const unsigned char asset_34[] = {
#embed "web/models/grid.js"
};
static const unsigned char asset_35[] = {
#embed "web/models/heatmap.js"
};
static const unsigned char asset_36[] = {
#embed "web/models/histogram.js"
};
static const unsigned char asset_37[] = {
#embed "web/models/interpolate.js"
};
static const unsigned char asset_38[] = {
#embed "web/models/jsonDiff.js"
};
static const unsigned char asset_39[] = {
#embed "web/models/logs.js"
};
static const unsigned char asset_40[] = {
#embed "web/models/nodeGraph.js"
};
static const unsigned char asset_41[] = {
#embed "web/models/numericTransformations.js"
};
static const unsigned char asset_42[] = {
#embed "web/models/palette.js"
};
static const unsigned char asset_43[] = {
#embed "web/models/panelOptions.js"
};
static const unsigned char asset_44[] = {
#embed "web/models/permissionEntries.js"
};
static const unsigned char asset_45[] = {
#embed "web/models/promqlWords.js"
};
static const unsigned char asset_46[] = {
#embed "web/models/queryBuilder.js"
};
static const unsigned char asset_47[] = {
#embed "web/models/queryState.js"
};
static const unsigned char asset_48[] = {
#embed "web/models/reduce.js"
};
static const unsigned char asset_49[] = {
#embed "web/models/scatter.js"
};
static const unsigned char asset_50[] = {
#embed "web/models/seriesOverride.js"
};
static const unsigned char asset_51[] = {
#embed "web/models/sparkline.js"
};
static const unsigned char asset_52[] = {
#embed "web/models/stack.js"
};
static const unsigned char asset_53[] = {
#embed "web/models/states.js"
};
static const unsigned char asset_54[] = {
#embed "web/models/step.js"
};
static const unsigned char asset_55[] = {
#embed "web/models/timeCompare.js"
};
static const unsigned char asset_56[] = {
#embed "web/models/timeRange.js"
};
static const unsigned char asset_57[] = {
#embed "web/models/timeRegions.js"
};
static const unsigned char asset_58[] = {
#embed "web/models/transformationForms.js"
};
static const unsigned char asset_59[] = {
#embed "web/models/transformations.js"
};
static const unsigned char asset_60[] = {
#embed "web/models/units.js"
};
static const unsigned char asset_61[] = {
#embed "web/models/valueMappings.js"
};
static const unsigned char asset_62[] = {
#embed "web/models/variables.js"
};
static const unsigned char asset_63[] = {
#embed "web/pages/alertNotifications.js"
};
static const unsigned char asset_64[] = {
#embed "web/pages/alerting.js"
};
static const unsigned char asset_65[] = {
#embed "web/pages/containers.css"
};
static const unsigned char asset_66[] = {
#embed "web/pages/containers.js"
};
static const unsigned char asset_67[] = {
#embed "web/pages/containersDetail.js"
};
static const unsigned char asset_68[] = {
#embed "web/pages/containersImages.js"
};
static const unsigned char asset_69[] = {
#embed "web/pages/containersModel.js"
};
static const unsigned char asset_70[] = {
#embed "web/pages/containersTree.js"
};
static const unsigned char asset_71[] = {
#embed "web/pages/dashboard.js"
};
static const unsigned char asset_72[] = {
#embed "web/pages/dashboard/annotationForm.js"
};
static const unsigned char asset_73[] = {
#embed "web/pages/dashboard/annotations.js"
};
static const unsigned char asset_74[] = {
#embed "web/pages/dashboard/conditionalGrid.js"
};
static const unsigned char asset_75[] = {
#embed "web/pages/dashboard/editor.js"
};
static const unsigned char asset_76[] = {
#embed "web/pages/dashboard/editor/colorField.js"
};
static const unsigned char asset_77[] = {
#embed "web/pages/dashboard/editor/controls.js"
};
static const unsigned char asset_78[] = {
#embed "web/pages/dashboard/editor/lists.js"
};
static const unsigned char asset_79[] = {
#embed "web/pages/dashboard/editor/overrides.js"
};
static const unsigned char asset_80[] = {
#embed "web/pages/dashboard/editor/queries.js"
};
static const unsigned char asset_81[] = {
#embed "web/pages/dashboard/editor/transformations.js"
};
static const unsigned char asset_82[] = {
#embed "web/pages/dashboard/export.js"
};
static const unsigned char asset_83[] = {
#embed "web/pages/dashboard/gridView.js"
};
static const unsigned char asset_84[] = {
#embed "web/pages/dashboard/inspect.js"
};
static const unsigned char asset_85[] = {
#embed "web/pages/dashboard/panelView.js"
};
static const unsigned char asset_86[] = {
#embed "web/pages/dashboard/runtime.js"
};
static const unsigned char asset_87[] = {
#embed "web/pages/dashboard/save.js"
};
static const unsigned char asset_88[] = {
#embed "web/pages/dashboard/settings.js"
};
static const unsigned char asset_89[] = {
#embed "web/pages/dashboard/share.js"
};
static const unsigned char asset_90[] = {
#embed "web/pages/dashboard/variableBar.js"
};
static const unsigned char asset_91[] = {
#embed "web/pages/dashboard/variableStore.js"
};
static const unsigned char asset_92[] = {
#embed "web/pages/dashboardList.js"
};
static const unsigned char asset_93[] = {
#embed "web/pages/datasourceForm.js"
};
static const unsigned char asset_94[] = {
#embed "web/pages/datasources.js"
};
static const unsigned char asset_95[] = {
#embed "web/pages/errors.js"
};
static const unsigned char asset_96[] = {
#embed "web/pages/explore.js"
};
static const unsigned char asset_97[] = {
#embed "web/pages/folders.js"
};
static const unsigned char asset_98[] = {
#embed "web/pages/home.js"
};
static const unsigned char asset_99[] = {
#embed "web/pages/importDashboard.js"
};
static const unsigned char asset_100[] = {
#embed "web/pages/login.js"
};
static const unsigned char asset_101[] = {
#embed "web/pages/palette.js"
};
static const unsigned char asset_102[] = {
#embed "web/pages/permissions.js"
};
static const unsigned char asset_103[] = {
#embed "web/pages/playlists.js"
};
static const unsigned char asset_104[] = {
#embed "web/pages/profile.js"
};
static const unsigned char asset_105[] = {
#embed "web/pages/queryDialogs.js"
};
static const unsigned char asset_106[] = {
#embed "web/pages/queryEditor.js"
};
static const unsigned char asset_107[] = {
#embed "web/pages/serverDiscovery.js"
};
static const unsigned char asset_108[] = {
#embed "web/pages/serverEditor.js"
};
static const unsigned char asset_109[] = {
#embed "web/pages/serverHistory.js"
};
static const unsigned char asset_110[] = {
#embed "web/pages/serverQuery.js"
};
static const unsigned char asset_111[] = {
#embed "web/pages/serverQueryPanel.js"
};
static const unsigned char asset_112[] = {
#embed "web/pages/serverRules.js"
};
static const unsigned char asset_113[] = {
#embed "web/pages/serverStatus.js"
};
static const unsigned char asset_114[] = {
#embed "web/pages/serverTargets.js"
};
static const unsigned char asset_115[] = {
#embed "web/pages/serviceAccounts.js"
};
static const unsigned char asset_116[] = {
#embed "web/pages/session.js"
};
static const unsigned char asset_117[] = {
#embed "web/pages/shell.js"
};
static const unsigned char asset_118[] = {
#embed "web/pages/shortcutHelp.js"
};
static const unsigned char asset_119[] = {
#embed "web/pages/snapshots.js"
};
static const unsigned char asset_120[] = {
#embed "web/pages/soloPanel.js"
};
static const unsigned char asset_121[] = {
#embed "web/pages/teams.js"
};
static const unsigned char asset_122[] = {
#embed "web/pages/timeControls.js"
};
static const unsigned char asset_123[] = {
#embed "web/pages/users.js"
};
static const unsigned char asset_124[] = {
#embed "web/panels/alertlist.js"
};
static const unsigned char asset_125[] = {
#embed "web/panels/annolist.js"
};
static const unsigned char asset_126[] = {
#embed "web/panels/annotationMarks.js"
};
static const unsigned char asset_127[] = {
#embed "web/panels/barchart.js"
};
static const unsigned char asset_128[] = {
#embed "web/panels/bargauge.js"
};
static const unsigned char asset_129[] = {
#embed "web/panels/candlestick.js"
};
static const unsigned char asset_130[] = {
#embed "web/panels/canvas.js"
};
static const unsigned char asset_131[] = {
#embed "web/panels/choice.js"
};
static const unsigned char asset_132[] = {
#embed "web/panels/dashlist.js"
};
static const unsigned char asset_133[] = {
#embed "web/panels/elements.js"
};
static const unsigned char asset_134[] = {
#embed "web/panels/exemplars.js"
};
static const unsigned char asset_135[] = {
#embed "web/panels/gauge.js"
};
static const unsigned char asset_136[] = {
#embed "web/panels/gaugeParts.js"
};
static const unsigned char asset_137[] = {
#embed "web/panels/geomap.js"
};
static const unsigned char asset_138[] = {
#embed "web/panels/heatmap.js"
};
static const unsigned char asset_139[] = {
#embed "web/panels/heatmapTip.js"
};
static const unsigned char asset_140[] = {
#embed "web/panels/histogram.js"
};
static const unsigned char asset_141[] = {
#embed "web/panels/layout.js"
};
static const unsigned char asset_142[] = {
#embed "web/panels/legend.js"
};
static const unsigned char asset_143[] = {
#embed "web/panels/links.js"
};
static const unsigned char asset_144[] = {
#embed "web/panels/logs.js"
};
static const unsigned char asset_145[] = {
#embed "web/panels/markdown.js"
};
static const unsigned char asset_146[] = {
#embed "web/panels/nodeGraph.js"
};
static const unsigned char asset_147[] = {
#embed "web/panels/piechart.js"
};
static const unsigned char asset_148[] = {
#embed "web/panels/placeholder.js"
};
static const unsigned char asset_149[] = {
#embed "web/panels/polystat.js"
};
static const unsigned char asset_150[] = {
#embed "web/panels/registry.js"
};
static const unsigned char asset_151[] = {
#embed "web/panels/sanitize.js"
};
static const unsigned char asset_152[] = {
#embed "web/panels/stat.js"
};
static const unsigned char asset_153[] = {
#embed "web/panels/stateTimeline.js"
};
static const unsigned char asset_154[] = {
#embed "web/panels/table.js"
};
static const unsigned char asset_155[] = {
#embed "web/panels/text.js"
};
static const unsigned char asset_156[] = {
#embed "web/panels/timeseries.js"
};
static const unsigned char asset_157[] = {
#embed "web/panels/tooltip.js"
};
static const unsigned char asset_158[] = {
#embed "web/panels/xychart.js"
};
static const unsigned char asset_159[] = {
#embed "web/panels/zoomControls.js"
};
static const unsigned char asset_160[] = {
#embed "web/server.html"
};
static const unsigned char asset_161[] = {
#embed "web/server.js"
};
static const unsigned char asset_162[] = {
#embed "web/style/base.css"
};
static const unsigned char asset_163[] = {
#embed "web/style/components.css"
};
static const unsigned char asset_164[] = {
#embed "web/style/dashboards.css"
};
static const unsigned char asset_165[] = {
#embed "web/style/editor.css"
};
static const unsigned char asset_166[] = {
#embed "web/style/rarePanels.css"
};
static const unsigned char asset_167[] = {
#embed "web/style/server.css"
};
static const unsigned char asset_168[] = {
#embed "web/style/tokens.css"
};
static const unsigned char asset_169[] = {
#embed "web/style/touch.css"
};

static const martlet_asset table[] = {
    {"dashboards/containers.json", asset_0, sizeof asset_0},
    {"dashboards/service.json", asset_1, sizeof asset_1},
    {"models/breast-cancer.json", asset_2, sizeof asset_2},
    {"vendor/uPlot.iife.min.js", asset_3, sizeof asset_3},
    {"vendor/uPlot.min.css", asset_4, sizeof asset_4},
    {"web/charts/chart.js", asset_5, sizeof asset_5},
    {"web/containers.html", asset_6, sizeof asset_6},
    {"web/dashboards.html", asset_7, sizeof asset_7},
    {"web/dashboards.js", asset_8, sizeof asset_8},
    {"web/favicon.svg", asset_9, sizeof asset_9},
    {"web/lib/api.js", asset_10, sizeof asset_10},
    {"web/lib/base.js", asset_11, sizeof asset_11},
    {"web/lib/dom.js", asset_12, sizeof asset_12},
    {"web/lib/events.js", asset_13, sizeof asset_13},
    {"web/lib/icons.js", asset_14, sizeof asset_14},
    {"web/lib/overlay.js", asset_15, sizeof asset_15},
    {"web/lib/router.js", asset_16, sizeof asset_16},
    {"web/lib/styles.js", asset_17, sizeof asset_17},
    {"web/lib/tabs.js", asset_18, sizeof asset_18},
    {"web/lib/theme.js", asset_19, sizeof asset_19},
    {"web/models/adhoc.js", asset_20, sizeof asset_20},
    {"web/models/candles.js", asset_21, sizeof asset_21},
    {"web/models/canvasElements.js", asset_22, sizeof asset_22},
    {"web/models/colors.js", asset_23, sizeof asset_23},
    {"web/models/conditions.js", asset_24, sizeof asset_24},
    {"web/models/dateFormat.js", asset_25, sizeof asset_25},
    {"web/models/decimate.js", asset_26, sizeof asset_26},
    {"web/models/exemplars.js", asset_27, sizeof asset_27},
    {"web/models/exportDashboard.js", asset_28, sizeof asset_28},
    {"web/models/fieldConfig.js", asset_29, sizeof asset_29},
    {"web/models/fieldValues.js", asset_30, sizeof asset_30},
    {"web/models/folderTree.js", asset_31, sizeof asset_31},
    {"web/models/frames.js", asset_32, sizeof asset_32},
    {"web/models/geo.js", asset_33, sizeof asset_33},
    {"web/models/grid.js", asset_34, sizeof asset_34},
    {"web/models/heatmap.js", asset_35, sizeof asset_35},
    {"web/models/histogram.js", asset_36, sizeof asset_36},
    {"web/models/interpolate.js", asset_37, sizeof asset_37},
    {"web/models/jsonDiff.js", asset_38, sizeof asset_38},
    {"web/models/logs.js", asset_39, sizeof asset_39},
    {"web/models/nodeGraph.js", asset_40, sizeof asset_40},
    {"web/models/numericTransformations.js", asset_41, sizeof asset_41},
    {"web/models/palette.js", asset_42, sizeof asset_42},
    {"web/models/panelOptions.js", asset_43, sizeof asset_43},
    {"web/models/permissionEntries.js", asset_44, sizeof asset_44},
    {"web/models/promqlWords.js", asset_45, sizeof asset_45},
    {"web/models/queryBuilder.js", asset_46, sizeof asset_46},
    {"web/models/queryState.js", asset_47, sizeof asset_47},
    {"web/models/reduce.js", asset_48, sizeof asset_48},
    {"web/models/scatter.js", asset_49, sizeof asset_49},
    {"web/models/seriesOverride.js", asset_50, sizeof asset_50},
    {"web/models/sparkline.js", asset_51, sizeof asset_51},
    {"web/models/stack.js", asset_52, sizeof asset_52},
    {"web/models/states.js", asset_53, sizeof asset_53},
    {"web/models/step.js", asset_54, sizeof asset_54},
    {"web/models/timeCompare.js", asset_55, sizeof asset_55},
    {"web/models/timeRange.js", asset_56, sizeof asset_56},
    {"web/models/timeRegions.js", asset_57, sizeof asset_57},
    {"web/models/transformationForms.js", asset_58, sizeof asset_58},
    {"web/models/transformations.js", asset_59, sizeof asset_59},
    {"web/models/units.js", asset_60, sizeof asset_60},
    {"web/models/valueMappings.js", asset_61, sizeof asset_61},
    {"web/models/variables.js", asset_62, sizeof asset_62},
    {"web/pages/alertNotifications.js", asset_63, sizeof asset_63},
    {"web/pages/alerting.js", asset_64, sizeof asset_64},
    {"web/pages/containers.css", asset_65, sizeof asset_65},
    {"web/pages/containers.js", asset_66, sizeof asset_66},
    {"web/pages/containersDetail.js", asset_67, sizeof asset_67},
    {"web/pages/containersImages.js", asset_68, sizeof asset_68},
    {"web/pages/containersModel.js", asset_69, sizeof asset_69},
    {"web/pages/containersTree.js", asset_70, sizeof asset_70},
    {"web/pages/dashboard.js", asset_71, sizeof asset_71},
    {"web/pages/dashboard/annotationForm.js", asset_72, sizeof asset_72},
    {"web/pages/dashboard/annotations.js", asset_73, sizeof asset_73},
    {"web/pages/dashboard/conditionalGrid.js", asset_74, sizeof asset_74},
    {"web/pages/dashboard/editor.js", asset_75, sizeof asset_75},
    {"web/pages/dashboard/editor/colorField.js", asset_76, sizeof asset_76},
    {"web/pages/dashboard/editor/controls.js", asset_77, sizeof asset_77},
    {"web/pages/dashboard/editor/lists.js", asset_78, sizeof asset_78},
    {"web/pages/dashboard/editor/overrides.js", asset_79, sizeof asset_79},
    {"web/pages/dashboard/editor/queries.js", asset_80, sizeof asset_80},
    {"web/pages/dashboard/editor/transformations.js", asset_81, sizeof asset_81},
    {"web/pages/dashboard/export.js", asset_82, sizeof asset_82},
    {"web/pages/dashboard/gridView.js", asset_83, sizeof asset_83},
    {"web/pages/dashboard/inspect.js", asset_84, sizeof asset_84},
    {"web/pages/dashboard/panelView.js", asset_85, sizeof asset_85},
    {"web/pages/dashboard/runtime.js", asset_86, sizeof asset_86},
    {"web/pages/dashboard/save.js", asset_87, sizeof asset_87},
    {"web/pages/dashboard/settings.js", asset_88, sizeof asset_88},
    {"web/pages/dashboard/share.js", asset_89, sizeof asset_89},
    {"web/pages/dashboard/variableBar.js", asset_90, sizeof asset_90},
    {"web/pages/dashboard/variableStore.js", asset_91, sizeof asset_91},
    {"web/pages/dashboardList.js", asset_92, sizeof asset_92},
    {"web/pages/datasourceForm.js", asset_93, sizeof asset_93},
    {"web/pages/datasources.js", asset_94, sizeof asset_94},
    {"web/pages/errors.js", asset_95, sizeof asset_95},
    {"web/pages/explore.js", asset_96, sizeof asset_96},
    {"web/pages/folders.js", asset_97, sizeof asset_97},
    {"web/pages/home.js", asset_98, sizeof asset_98},
    {"web/pages/importDashboard.js", asset_99, sizeof asset_99},
    {"web/pages/login.js", asset_100, sizeof asset_100},
    {"web/pages/palette.js", asset_101, sizeof asset_101},
    {"web/pages/permissions.js", asset_102, sizeof asset_102},
    {"web/pages/playlists.js", asset_103, sizeof asset_103},
    {"web/pages/profile.js", asset_104, sizeof asset_104},
    {"web/pages/queryDialogs.js", asset_105, sizeof asset_105},
    {"web/pages/queryEditor.js", asset_106, sizeof asset_106},
    {"web/pages/serverDiscovery.js", asset_107, sizeof asset_107},
    {"web/pages/serverEditor.js", asset_108, sizeof asset_108},
    {"web/pages/serverHistory.js", asset_109, sizeof asset_109},
    {"web/pages/serverQuery.js", asset_110, sizeof asset_110},
    {"web/pages/serverQueryPanel.js", asset_111, sizeof asset_111},
    {"web/pages/serverRules.js", asset_112, sizeof asset_112},
    {"web/pages/serverStatus.js", asset_113, sizeof asset_113},
    {"web/pages/serverTargets.js", asset_114, sizeof asset_114},
    {"web/pages/serviceAccounts.js", asset_115, sizeof asset_115},
    {"web/pages/session.js", asset_116, sizeof asset_116},
    {"web/pages/shell.js", asset_117, sizeof asset_117},
    {"web/pages/shortcutHelp.js", asset_118, sizeof asset_118},
    {"web/pages/snapshots.js", asset_119, sizeof asset_119},
    {"web/pages/soloPanel.js", asset_120, sizeof asset_120},
    {"web/pages/teams.js", asset_121, sizeof asset_121},
    {"web/pages/timeControls.js", asset_122, sizeof asset_122},
    {"web/pages/users.js", asset_123, sizeof asset_123},
    {"web/panels/alertlist.js", asset_124, sizeof asset_124},
    {"web/panels/annolist.js", asset_125, sizeof asset_125},
    {"web/panels/annotationMarks.js", asset_126, sizeof asset_126},
    {"web/panels/barchart.js", asset_127, sizeof asset_127},
    {"web/panels/bargauge.js", asset_128, sizeof asset_128},
    {"web/panels/candlestick.js", asset_129, sizeof asset_129},
    {"web/panels/canvas.js", asset_130, sizeof asset_130},
    {"web/panels/choice.js", asset_131, sizeof asset_131},
    {"web/panels/dashlist.js", asset_132, sizeof asset_132},
    {"web/panels/elements.js", asset_133, sizeof asset_133},
    {"web/panels/exemplars.js", asset_134, sizeof asset_134},
    {"web/panels/gauge.js", asset_135, sizeof asset_135},
    {"web/panels/gaugeParts.js", asset_136, sizeof asset_136},
    {"web/panels/geomap.js", asset_137, sizeof asset_137},
    {"web/panels/heatmap.js", asset_138, sizeof asset_138},
    {"web/panels/heatmapTip.js", asset_139, sizeof asset_139},
    {"web/panels/histogram.js", asset_140, sizeof asset_140},
    {"web/panels/layout.js", asset_141, sizeof asset_141},
    {"web/panels/legend.js", asset_142, sizeof asset_142},
    {"web/panels/links.js", asset_143, sizeof asset_143},
    {"web/panels/logs.js", asset_144, sizeof asset_144},
    {"web/panels/markdown.js", asset_145, sizeof asset_145},
    {"web/panels/nodeGraph.js", asset_146, sizeof asset_146},
    {"web/panels/piechart.js", asset_147, sizeof asset_147},
    {"web/panels/placeholder.js", asset_148, sizeof asset_148},
    {"web/panels/polystat.js", asset_149, sizeof asset_149},
    {"web/panels/registry.js", asset_150, sizeof asset_150},
    {"web/panels/sanitize.js", asset_151, sizeof asset_151},
    {"web/panels/stat.js", asset_152, sizeof asset_152},
    {"web/panels/stateTimeline.js", asset_153, sizeof asset_153},
    {"web/panels/table.js", asset_154, sizeof asset_154},
    {"web/panels/text.js", asset_155, sizeof asset_155},
    {"web/panels/timeseries.js", asset_156, sizeof asset_156},
    {"web/panels/tooltip.js", asset_157, sizeof asset_157},
    {"web/panels/xychart.js", asset_158, sizeof asset_158},
    {"web/panels/zoomControls.js", asset_159, sizeof asset_159},
    {"web/server.html", asset_160, sizeof asset_160},
    {"web/server.js", asset_161, sizeof asset_161},
    {"web/style/base.css", asset_162, sizeof asset_162},
    {"web/style/components.css", asset_163, sizeof asset_163},
    {"web/style/dashboards.css", asset_164, sizeof asset_164},
    {"web/style/editor.css", asset_165, sizeof asset_165},
    {"web/style/rarePanels.css", asset_166, sizeof asset_166},
    {"web/style/server.css", asset_167, sizeof asset_167},
    {"web/style/tokens.css", asset_168, sizeof asset_168},
    {"web/style/touch.css", asset_169, sizeof asset_169},
};

const martlet_asset *martlet_assets(size_t *count) {
    *count = sizeof table / sizeof table[0];
    return table;
}
