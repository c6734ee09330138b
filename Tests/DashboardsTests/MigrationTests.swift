import JSON
import TestKit
import Testing

@testable import Dashboards

@Suite struct MigrationTests {
    private static let builtIn: DataSource = {
        var source = DataSource(uid: "martlet", name: "Prometheus", type: "prometheus", url: "")
        source.isDefault = true
        return source
    }()
    private static let sources = DataSourceTable([builtIn])

    private static func migrate(_ text: String) throws -> (JSONObject, MigrationReport) {
        let document = try #require(try JSONValue.parse(text).object)
        return DashboardMigration.migrate(document, sources: sources)
    }

    /// All panels, those in rows too.
    private static func panels(_ dashboard: JSONObject) -> [JSONObject] {
        (dashboard.list("panels") + dashboard.list("rows").flatMap { [$0] }).flatMap { item -> [JSONObject] in
            guard let panel = item.object else { return [] }
            return [panel] + panel.list("panels").compactMap(\.object)
        }
    }

    private static func expressions(_ dashboard: JSONObject) -> [String] {
        panels(dashboard).flatMap { $0.list("targets") }.compactMap { $0["expr"]?.string }.sorted()
    }

    private static let files: [String] = {
        guard let folder = SharedFolders.dashboards else { return [] }
        return ["demo", "community"].flatMap { part in
            SharedFolders.list(folder + "/" + part).filter { $0.hasSuffix(".json") }.map {
                folder + "/\(part)/\($0)"
            }
        }
    }()

    @Test(.enabled(if: !files.isEmpty), arguments: files)
    func keepsEveryQueryOfRealDashboards(path: String) throws {
        let bytes = try #require(SharedFolders.read(path))
        let opened = try DashboardFormat.open(try JSONValue.parse(bytes))
        let filled = try DashboardImport.fill(opened.dashboard, inputs: [], sources: MigrationTests.sources)
        let (migrated, report) = DashboardMigration.migrate(filled, sources: MigrationTests.sources)
        #expect(MigrationTests.expressions(migrated) == MigrationTests.expressions(opened.dashboard))
        #expect(migrated.whole("schemaVersion") == 42)
        #expect(migrated["rows"] == nil)
        #expect(!report.entries.contains { $0.kind == .unknownPanel || $0.kind == .notConverted })
        var ids = Set<Int>()
        for panel in MigrationTests.panels(migrated) {
            let type = try #require(panel.text("type"))
            #expect(DashboardMigration.knownPanels.contains(type))
            #expect(!["graph", "singlestat", "table-old"].contains(type))
            #expect(ids.insert(try #require(panel.whole("id"))).inserted, "ids are unique")
            let place = try #require(panel.object("gridPos"))
            let (x, width) = (try #require(place.whole("x")), try #require(place.whole("w")))
            #expect(x >= 0 && width >= 1 && x + width <= 24)
            #expect((place.whole("h") ?? 0) >= 1 && (place.whole("y") ?? -1) >= 0)
            for target in panel.list("targets") {
                let uid = target["datasource"]?["uid"]?.string
                #expect(uid == "martlet" || uid?.hasPrefix("${") == true, "\(uid ?? "none")")
                #expect(target["refId"]?.string?.isEmpty == false)
            }
        }
        // Once is enough.
        let (again, second) = DashboardMigration.migrate(migrated, sources: MigrationTests.sources)
        #expect(again == migrated)
        #expect(second.entries.isEmpty)
    }

    @Test(.enabled(if: !files.isEmpty))
    func opensTheDemoAsItLooked() throws {
        let path = try #require(MigrationTests.files.first { $0.hasSuffix("cadvisor_dashboard.json") })
        let document = try #require(try JSONValue.parse(SharedFolders.read(path) ?? []).object)
        let (migrated, _) = DashboardMigration.migrate(document, sources: MigrationTests.sources)
        let panels = MigrationTests.panels(migrated)
        #expect(panels.map { $0.text("type") } == ["stat", "stat", "stat", "timeseries", "timeseries"])
        let count = panels[0]
        #expect(count["options"]?["reduceOptions"]?["calcs"]?.text() == #"["mean"]"#)
        #expect(count.whole("maxDataPoints") == 100)
        #expect(count.flag("transparent") == true)
        #expect(count["fieldConfig"]?["defaults"]?["unit"]?.string == "none")
        #expect(panels[1]["fieldConfig"]?["defaults"]?["unit"]?.string == "mbytes")
        let cpu = panels[3]
        #expect(cpu["fieldConfig"]?["defaults"]?["unit"]?.string == "percent")
        #expect(cpu["fieldConfig"]?["defaults"]?["custom"]?["spanNulls"]?.bool == true)
        #expect(cpu["fieldConfig"]?["defaults"]?["custom"]?["lineWidth"]?.int == 2)
        #expect(cpu["fieldConfig"]?["defaults"]?["custom"]?["fillOpacity"]?.int == 10)
        #expect(
            cpu["options"]?["legend"]?.text()
                == #"{"displayMode":"table","placement":"right","showLegend":true,"calcs":["mean","lastNotNull"],"decimals":2}"#
        )
        #expect(cpu.list("targets").first?["intervalFactor"]?.int == 2)
        #expect(migrated["templating"]?["list"]?[1]?["datasource"]?["uid"]?.string == "martlet")
        #expect(migrated["templating"]?["list"]?[1]?["regex"]?.string == "/([^:]+):.*/")
    }

    @Test(.enabled(if: !files.isEmpty))
    func modernDashboardsStayAsTheyAre() throws {
        let path = try #require(MigrationTests.files.first { $0.hasSuffix("/node-exporter-full.json") })
        let document = try #require(try JSONValue.parse(SharedFolders.read(path) ?? []).object)
        let (migrated, _) = DashboardMigration.migrate(document, sources: MigrationTests.sources)
        let (old, new) = (MigrationTests.panels(document), MigrationTests.panels(migrated))
        #expect(old.count == new.count)
        for (before, after) in zip(old, new) {
            // Overrides that hide a series learn to hide its tooltip (version 42).
            #expect(before["fieldConfig"]?["defaults"] == after["fieldConfig"]?["defaults"])
            #expect(before["options"] == after["options"])
            #expect(before["gridPos"] == after["gridPos"])
        }
    }

    @Test func keepsWhatTheOriginalLoses() throws {
        let (dashboard, report) = try MigrationTests.migrate(
            #"""
            {"title":"t","x-unknown":{"deep":[1]},"panels":[{"type":"graph","id":1,"title":"g","datasource":"Prometheus",
            "my-own":7,"stack":true,"percentage":true,"nullPointMode":"null as zero","lines":true,"linewidth":3,
            "legend":{"show":true,"values":true,"max":true,"sort":"current","sortDesc":true,"alignAsTable":true},
            "yaxes":[{"format":"bytes","min":"0"},{"format":"percent","label":"r"}],
            "thresholds":[{"value":80,"op":"gt","fill":true,"line":true,"colorMode":"critical"}],
            "seriesOverrides":[{"alias":"/a.*/","lines":true,"yaxis":2,"zindex":-1},{"alias":"only"},{"alias":"b","legend":false,"hideTooltip":true,"odd":1}],
            "targets":[{"expr":"up"}]}]}
            """#)
        let panel = try #require(dashboard.list("panels").first?.object)
        #expect(dashboard["x-unknown"]?.text() == #"{"deep":[1]}"#)
        #expect(panel["my-own"]?.int == 7)
        let custom = panel["fieldConfig"]?["defaults"]?["custom"]
        #expect(custom?["stacking"]?["mode"]?.string == "percent")
        #expect(custom?["nullValue"]?.int == 0)
        #expect(panel["fieldConfig"]?["defaults"]?["min"]?.int == 0)
        #expect(panel["options"]?["legend"]?["sortBy"]?.string == "Last *")
        #expect(panel["options"]?["legend"]?["sortDesc"]?.bool == true)
        #expect(custom?["thresholdsStyle"]?["mode"]?.string == "line+area")
        #expect(
            panel["fieldConfig"]?["defaults"]?["thresholds"]?["steps"]?.text()
                == #"[{"color":"transparent","value":null},{"color":"red","value":80}]"#
                || panel["fieldConfig"]?["defaults"]?["thresholds"]?["steps"]?.text()
                    == #"[{"value":null,"color":"transparent"},{"value":80,"color":"red"}]"#
        )
        // One that only names an alias says nothing.
        let overrides = panel["fieldConfig"]?["overrides"]
        #expect(overrides?.array?.count == 2)
        let first = overrides?[0]?["properties"]?.array?.compactMap { $0["id"]?.string } ?? []
        #expect(first == ["custom.axisPlacement", "unit", "min", "custom.axisLabel", "custom.zIndex"])
        #expect(overrides?[0]?["matcher"]?["id"]?.string == "byRegexp")
        #expect(
            overrides?[1]?["properties"]?[0]?["value"]?.text()
                == #"{"legend":true,"tooltip":true,"viz":false}"#)
        #expect(report.entries.contains { $0.kind == .notConverted && $0.text.contains("odd") })
        #expect(panel.list("targets").first?["refId"]?.string == "A")
    }

    /// The placement of a default is that of the time axis too.
    @Test(arguments: [
        (true, true, nil), (false, true, "auto"), (true, false, "hidden"), (false, false, "hidden"),
    ])
    func hiddenAxesOfGraphsAreHiddenAlone(_ y: Bool, _ x: Bool, _ time: String?) throws {
        let (dashboard, _) = try MigrationTests.migrate(
            #"""
            {"title":"t","panels":[{"type":"graph","id":1,"xaxis":{"show":\#(x)},"yaxes":[{"show":\#(y)},{}]}]}
            """#)
        let config = try #require(dashboard.list("panels").first?["fieldConfig"])
        #expect(config["defaults"]?["custom"]?["axisPlacement"]?.string == (y ? nil : "hidden"))
        let override = config["overrides"]?.array?.first { $0["matcher"]?["options"]?.string == "time" }
        #expect(override?["properties"]?[0]?["value"]?.string == time)
    }

    @Test func singleStatsBecomeStatsAndGauges() throws {
        let (dashboard, _) = try MigrationTests.migrate(
            #"""
            {"title":"t","panels":[
            {"type":"singlestat","id":1,"format":"percent","valueName":"current","thresholds":"50, 80","colors":["green","orange","red"],"colorBackground":true,"prefix":"~","sparkline":{"show":true},"valueMaps":[{"value":"null","text":"N/A"},{"value":"1","text":"up"}],"targets":[{"expr":"a"}]},
            {"type":"singlestat","id":1,"gauge":{"show":true,"minValue":5,"maxValue":50},"mappingType":2,"rangeMaps":[{"from":"1","to":"2","text":"some"}],"targets":[{"expr":"b"}]}]}
            """#)
        let (stat, gauge) = (dashboard.list("panels")[0], dashboard.list("panels")[1])
        #expect(stat["type"]?.string == "stat")
        #expect(stat["options"]?["colorMode"]?.string == "background")
        #expect(stat["options"]?["graphMode"]?.string == "area")
        #expect(stat["options"]?["prefix"]?.string == "~")
        #expect(
            stat["fieldConfig"]?["defaults"]?["thresholds"]?["steps"]?.array?.compactMap { $0["value"]?.int }
                == [50, 80])
        #expect(stat["fieldConfig"]?["defaults"]?["mappings"]?.array?.count == 2)
        #expect(gauge["type"]?.string == "gauge")
        #expect(gauge["fieldConfig"]?["defaults"]?["max"]?.int == 50)
        #expect(gauge["fieldConfig"]?["defaults"]?["mappings"]?[0]?["options"]?["to"]?.int == 2)
        #expect(gauge["id"]?.int != stat["id"]?.int)
    }

    @Test func oldRowsFillTheGrid() throws {
        let (dashboard, _) = try MigrationTests.migrate(
            #"""
            {"title":"t","schemaVersion":14,"rows":[
            {"height":"250px","title":"One","showTitle":true,"panels":[{"id":1,"type":"text","span":8},{"id":2,"type":"text","span":4,"height":"114px"},{"id":3,"type":"text","span":4,"height":100},{"id":4,"type":"text","span":12}]},
            {"collapse":true,"title":"Two","panels":[{"id":5,"type":"graph","span":6,"targets":[{"expr":"x"}]}]},
            {"repeatIteration":1,"panels":[{"id":6,"type":"text","span":6}]}]}
            """#)
        let places = dashboard.list("panels").map { panel in
            ["x", "y", "w", "h"].compactMap { panel["gridPos"]?[$0]?.int }
        }
        #expect(
            places == [
                [0, 0, 24, 1], [0, 1, 16, 7], [16, 1, 8, 3], [16, 4, 8, 3], [0, 8, 24, 7], [0, 15, 24, 1],
            ])
        #expect(dashboard.list("panels")[5]["panels"]?[0]?["type"]?.string == "timeseries")
    }

    @Test func oldTablesKeepTheirColumns() throws {
        let (dashboard, _) = try MigrationTests.migrate(
            #"""
            {"title":"t","schemaVersion":18,"panels":[{"id":1,"type":"table","transform":"table","styles":[
            {"pattern":"Time","type":"date","alias":"When","dateFormat":"HH:mm"},{"pattern":"/.*/","type":"number","unit":"s","decimals":2},
            {"pattern":"Value","type":"number","colorMode":"cell","colors":["a","b","c"],"thresholds":["1","2"]}],"targets":[{"expr":"x","format":"table"}]}]}
            """#)
        let panel = dashboard.list("panels")[0]
        #expect(panel["transformations"]?[0]?["id"]?.string == "merge")
        #expect(panel["fieldConfig"]?["defaults"]?["unit"]?.string == "s")
        #expect(panel["fieldConfig"]?["overrides"]?[0]?["properties"]?[1]?["value"]?.string == "time: HH:mm")
        #expect(
            panel["fieldConfig"]?["overrides"]?[1]?["properties"]?[0]?["value"]?["type"]?.string
                == "color-background")
    }

    @Test func variablesAndDataSources() throws {
        let (dashboard, report) = try MigrationTests.migrate(
            #"""
            {"title":"t","refresh":false,"sharedCrosshair":true,"templating":{"list":[
            {"name":"DS","type":"datasource","query":"prometheus"},
            {"name":"a","type":"query","datasource":"$DS","query":"label_values(x)","refresh":true,"hideLabel":true,"useTags":true,"tags":[]},
            {"name":"b","type":"query","datasource":null,"refresh":0,"options":[{"text":"x"}]},
            {"name":"c","type":"constant","query":"v","hide":0}]},
            "panels":[{"id":1,"type":"stat","datasource":"${DS_GONE}","targets":[{"expr":"x"}]},
            {"id":2,"type":"stat","datasource":"-- Mixed --","targets":[{"expr":"x","datasource":"Prometheus"}]},
            {"id":3,"type":"stat","datasource":{"type":"prometheus","uid":"elsewhere"},"targets":[{"expr":"x"}]}]}
            """#)
        let list = dashboard["templating"]?["list"]
        #expect(list?[1]?["datasource"]?.text() == #"{"type":"prometheus","uid":"${DS}"}"#)
        #expect(list?[1]?["refresh"]?.int == 1 && list?[1]?["hide"]?.int == 1 && list?[1]?["tags"] == nil)
        #expect(list?[2]?["refresh"]?.int == 1 && list?[2]?["options"]?.array == [])
        #expect(list?[3]?["type"]?.string == "textbox")
        #expect(dashboard["refresh"]?.string == "" && dashboard["graphTooltip"]?.int == 1)
        let panels = dashboard.list("panels")
        #expect(panels[0]["datasource"]?["uid"]?.string == "martlet")
        #expect(report.entries.contains { $0.kind == .rebound })
        #expect(panels[1]["datasource"]?["uid"]?.string == "-- Mixed --")
        #expect(panels[1]["targets"]?[0]?["datasource"]?["uid"]?.string == "martlet")
        #expect(panels[2]["datasource"]?["uid"]?.string == "elsewhere")
    }

    @Test(arguments: [
        "{}", #"{"panels":null}"#, #"{"panels":[1,null,"x",[]]}"#,
        #"{"rows":[{"panels":[{"span":1e300,"height":"x"}]}]}"#,
        #"{"panels":[{"type":5,"gridPos":{"x":1e300,"w":-5,"h":"9"},"id":9223372036854775807,"targets":{}}]}"#,
        #"{"templating":{"list":[{},5,{"type":"constant"}]},"annotations":{"list":[7]}}"#,
        #"{"panels":[{"type":"row","panels":[{"type":"row","panels":[{"type":"graph"}]}]}]}"#,
        #"{"panels":[{"type":"graph","yaxes":[],"legend":true,"thresholds":[{}],"seriesOverrides":[5,{"alias":""}],"minSpan":0}]}"#,
        #"{"schemaVersion":"16","panels":[{"type":"singlestat","colors":[],"thresholds":"a,b,,"}]}"#,
    ])
    func survivesNonsense(text: String) throws {
        let (dashboard, _) = try MigrationTests.migrate(text)
        #expect(dashboard.whole("schemaVersion") == 42)
    }

    @Test func opensResources() throws {
        let v1 = try DashboardFormat.open(
            try JSONValue.parse(
                #"{"apiVersion":"dashboard.grafana.app/v1beta1","kind":"Dashboard","metadata":{"name":"u1","annotations":{"grafana.app/folder":"f"}},"spec":{"title":"x","panels":[]}}"#
            ))
        #expect(v1.format == .v1 && v1.dashboard.text("uid") == "u1" && v1.folder == "f")
        let v2 = try DashboardFormat.open(
            try JSONValue.parse(
                #"""
                {"apiVersion":"dashboard.grafana.app/v2beta1","kind":"Dashboard","metadata":{"name":"u2"},"spec":{"title":"y","cursorSync":"Crosshair",
                "timeSettings":{"from":"now-1h","to":"now","autoRefresh":"10s"},
                "variables":[{"kind":"QueryVariable","spec":{"name":"job","refresh":"onTimeRangeChanged","sort":"alphabeticalAsc","hide":"dontHide","query":{"kind":"DataQuery","group":"prometheus","datasource":{"name":"p"},"spec":{"query":"label_values(job)"}}}}],
                "elements":{"panel-1":{"kind":"Panel","spec":{"id":1,"title":"P","data":{"kind":"QueryGroup","spec":{"queries":[{"kind":"PanelQuery","spec":{"refId":"A","hidden":false,"query":{"kind":"DataQuery","group":"prometheus","datasource":{"name":"p"},"spec":{"expr":"up"}}}}],"transformations":[{"kind":"Transformation","group":"organize","spec":{"options":{}}}],"queryOptions":{"maxDataPoints":50}}},"vizConfig":{"kind":"VizConfig","group":"stat","spec":{"options":{"a":1},"fieldConfig":{"defaults":{},"overrides":[]}}}}}},
                "layout":{"kind":"TabsLayout","spec":{"tabs":[{"kind":"TabsLayoutTab","spec":{"title":"T","layout":{"kind":"GridLayout","spec":{"items":[{"kind":"GridLayoutItem","spec":{"x":0,"y":0,"width":6,"height":4,"element":{"name":"panel-1"},"repeat":{"value":"job","direction":"h"}}}]}}}}]}}}}
                """#))
        let panels = v2.dashboard.list("panels")
        #expect(panels.map { $0["type"]?.string } == ["row", "stat"])
        #expect(panels[1]["gridPos"]?.text() == #"{"x":0,"y":1,"w":6,"h":4}"#)
        #expect(panels[1]["targets"]?[0]?["expr"]?.string == "up")
        #expect(panels[1]["targets"]?[0]?["datasource"]?["uid"]?.string == "p")
        #expect(panels[1]["repeat"]?.string == "job" && panels[1]["maxDataPoints"]?.int == 50)
        #expect(v2.dashboard["templating"]?["list"]?[0]?["refresh"]?.int == 2)
        #expect(v2.dashboard["graphTooltip"]?.int == 1)
    }

    @Test func conditionsOfAutomaticGridsGoWithTheirPanels() throws {
        let opened = try DashboardFormat.open(
            try JSONValue.parse(
                #"""
                {"apiVersion":"dashboard.grafana.app/v2","kind":"Dashboard","metadata":{"name":"c"},"spec":{"title":"c",
                "elements":{"a":{"kind":"Panel","spec":{"id":1,"vizConfig":{"group":"stat","spec":{}}}},"b":{"kind":"Panel","spec":{"id":2,"vizConfig":{"group":"stat","spec":{}}}}},
                "layout":{"kind":"AutoGridLayout","spec":{"maxColumnCount":2,"items":[
                {"kind":"AutoGridLayoutItem","spec":{"element":{"name":"a"},"conditionalRendering":{"kind":"ConditionalRenderingGroup","spec":{"visibility":"show"}}}},
                {"kind":"AutoGridLayoutItem","spec":{"element":{"name":"b"}}}]}}}}
                """#))
        let panels = opened.dashboard.list("panels")
        #expect(panels[0]["conditionalRendering"]?["spec"]?["visibility"]?.string == "show")
        #expect(panels[1]["conditionalRendering"] == nil && panels[1]["gridPos"]?["x"]?.int == 12)
    }

    @Test func fillsInputs() throws {
        let document = try #require(
            try JSONValue.parse(
                #"{"__inputs":[{"name":"DS_P","type":"datasource","pluginId":"prometheus"},{"name":"VAR_X","type":"constant","value":"d"}],"__requires":[],"title":"${VAR_X} ${OTHER}","panels":[{"datasource":"${DS_P}"}]}"#
            ).object)
        let chosen = try DashboardImport.fill(
            document, inputs: [.init(name: "DS_P", type: "datasource", pluginID: "prometheus", value: "u")],
            sources: nil)
        #expect(chosen.text("title") == "d ${OTHER}")
        #expect(chosen.list("panels")[0]["datasource"]?.string == "u")
        #expect(chosen["__inputs"] == nil && chosen["__requires"] == nil)
        let error = #expect(throws: DashboardsError.self) {
            try DashboardImport.fill(document, inputs: [], sources: nil)
        }
        #expect(error?.message.contains("DS_P") == true)
        #expect(
            try DashboardImport.fill(document, inputs: [], sources: MigrationTests.sources).list("panels")[0][
                "datasource"]?.string == "martlet")
    }
}
