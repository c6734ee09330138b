import { test } from "node:test";
import assert from "node:assert/strict";
import { transform } from "../../../Sources/WebAssets/web/models/transformations.js";
import { diffLines } from "../../../Sources/WebAssets/web/models/jsonDiff.js";
import { exportForSharing } from "../../../Sources/WebAssets/web/models/exportDashboard.js";

const series = (job, values, refId = "A") => ({ refId, meta: {}, length: values.length, fields: [{ name: "Time", type: "time", config: {}, values: values.map((_, at) => at) }, { name: "Value", type: "number", labels: { job }, config: { displayNameFromDS: job }, values }] });
const tableFrame = (columns, refId = "A") => ({ refId, meta: {}, length: Object.values(columns)[0].length, fields: Object.entries(columns).map(([name, values]) => ({ name, type: typeof values[0] === "number" ? "number" : "string", config: {}, values })) });
const shape = (frames) => frames.map((frame) => Object.fromEntries(frame.fields.map((field) => [field.config.displayName ?? field.name, field.values])));
const run = (frames, id, options) => shape(transform(frames, [{ id, options }]));

test("organize hides, orders and renames", () => assert.deepEqual(run([tableFrame({ a: [1], b: [2], c: [3] })], "organize", { excludeByName: { a: true }, indexByName: { c: 0, b: 1 }, renameByName: { c: "C" } }).map(Object.entries), [[["C", [3]], ["b", [2]]]]));
test("merge lays rows with equal keys together", () => assert.deepEqual(run([tableFrame({ k: ["x", "y"], "Value #A": [1, 2] }), tableFrame({ k: ["y", "z"], "Value #B": [3, 4] }, "B")], "merge"), [{ k: ["x", "y", "z"], "Value #A": [1, 2, null], "Value #B": [null, 3, 4] }]));
test("joinByField joins outer and inner", () => {
  const frames = [tableFrame({ k: ["x", "y"], a: [1, 2] }), tableFrame({ k: ["y", "z"], b: [3, 4] })];
  assert.deepEqual(run(frames, "joinByField", { byField: "k", mode: "outer" }), [{ k: ["x", "y", "z"], a: [1, 2, null], b: [null, 3, 4] }]);
  assert.deepEqual(run(frames, "seriesToColumns", { byField: "k", mode: "inner" }), [{ k: ["y"], a: [2], b: [3] }]);
});
test("groupBy", () => assert.deepEqual(run([tableFrame({ k: ["x", "y", "x"], v: [1, 2, 3] })], "groupBy", { fields: { k: { operation: "groupby" }, v: { operation: "aggregate", aggregations: ["sum", "max"] } } }), [{ k: ["x", "y"], "v (sum)": [4, 2], "v (max)": [3, 2] }]));
test("calculateField", () => {
  const frames = [tableFrame({ a: [1, 2], b: [3, 5] })];
  assert.deepEqual(run(frames, "calculateField", { mode: "reduceRow", reduce: { reducer: "sum" }, replaceFields: true }), [{ Total: [4, 7] }]);
  assert.deepEqual(run(frames, "calculateField", { mode: "binary", binary: { left: "b", operator: "/", right: "a" }, alias: "q" }), [{ a: [1, 2], b: [3, 5], q: [3, 2.5] }]);
  assert.deepEqual(run(frames, "calculateField", { mode: "binary", binary: { left: { matcher: { id: "byName", options: "b" } }, operator: "*", right: { fixed: "2" } }, alias: "d", replaceFields: true }), [{ d: [6, 10] }]);
});
test("filters by name, value and query", () => {
  assert.deepEqual(run([tableFrame({ ax: [1], ay: [2], b: [3] })], "filterFieldsByName", { include: { pattern: "^a" } }), [{ ax: [1], ay: [2] }]);
  assert.deepEqual(run([tableFrame({ a: [1, 5, 9] })], "filterByValue", { type: "exclude", match: "any", filters: [{ fieldName: "a", config: { id: "greater", options: { value: 4 } } }] }), [{ a: [1] }]);
  assert.equal(transform([series("x", [1]), series("y", [2], "B")], [{ id: "filterByRefId", options: { include: "B" } }]).length, 1);
});
test("reduce to rows, with labels", () => {
  assert.deepEqual(run([series("x", [1, 3]), series("y", [5, 7])], "reduce", { reducers: ["max", "mean"] }), [{ Field: ["x", "y"], Max: [3, 7], Mean: [2, 6] }]);
  assert.deepEqual(run([series("x", [1, 3])], "reduce", { reducers: ["last"], labelsToFields: true }), [{ Field: ["Value"], job: ["x"], Last: [3] }]);
});
test("renameByRegex, sortBy, limit", () => {
  assert.deepEqual(Object.keys(run([series("host:80", [1])], "renameByRegex", { regex: "(.*):.*", renamePattern: "$1" })[0]), ["Time", "host"]);
  assert.deepEqual(run([tableFrame({ a: [2, 3, 1] })], "sortBy", { sort: [{ field: "a", desc: true }] }), [{ a: [3, 2, 1] }]);
  assert.deepEqual(run([tableFrame({ a: [1, 2, 3] })], "limit", { limitField: 2 }), [{ a: [1, 2] }]);
});
test("labelsToFields, seriesToRows, timeSeriesTable", () => {
  assert.deepEqual(run([series("x", [1]), series("y", [2])], "labelsToFields", {}), [{ Time: [0, 0], job: ["x", "y"], Value: [1, 2] }]);
  assert.deepEqual(run([series("x", [1, 2])], "seriesToRows", {}), [{ Time: [1, 0], Metric: ["x", "x"], Value: [2, 1] }]);
  assert.deepEqual(transform([series("x", [1, 2])], [{ id: "timeSeriesTable", options: {} }])[0].fields.map(({ name }) => name), ["job", "Trend"]);
});
test("matrix, conversion, extraction, partition, transpose", () => {
  assert.deepEqual(run([tableFrame({ r: ["a", "b"], c: ["x", "y"], v: [1, 2] })], "groupingToMatrix", { rowField: "r", columnField: "c", valueField: "v" }), [{ "r\\c": ["a", "b"], x: [1, ""], y: ["", 2] }]);
  assert.deepEqual(run([tableFrame({ a: ["1", "x"] })], "convertFieldType", { conversions: [{ targetField: "a", destinationType: "number" }] }), [{ a: [1, null] }]);
  assert.deepEqual(run([tableFrame({ a: ['{"b":1}', "bad"] })], "extractFields", { source: "a", replace: true }), [{ b: [1, null] }]);
  assert.equal(transform([tableFrame({ k: ["a", "b", "a"], v: [1, 2, 3] })], [{ id: "partitionByValues", options: { fields: ["k"] } }]).length, 2);
  assert.deepEqual(run([tableFrame({ k: ["a", "b"], v: [1, 2] })], "transpose", {}), [{ Field: ["v"], a: [1], b: [2] }]);
});
test("unknown, disabled and hostile ones change nothing", () => {
  const frames = [tableFrame({ a: [1] })];
  assert.deepEqual(shape(transform(frames, [{ id: "nope" }, { id: "constructor" }, { id: "limit", disabled: true, options: { limitField: 0 } }, { id: "organize", options: null }])), [{ a: [1] }]);
});
test("transformations of annotations leave series alone", () => assert.deepEqual(shape(transform([tableFrame({ a: [1, 2] })], [{ id: "limit", topic: "annotations", options: { limitField: 1 } }, { id: "limit", topic: "series", options: { limitField: 2 } }])), [{ a: [1, 2] }]));
test("a filter limits a transformation to its queries", () => assert.deepEqual(shape(transform([tableFrame({ a: [1, 2] }), tableFrame({ a: [3, 4] }, "B")], [{ id: "limit", options: { limitField: 1 }, filter: { id: "byRefId", options: "B" } }])), [{ a: [3] }, { a: [1, 2] }]));
test("the difference of documents", () => assert.deepEqual(diffLines({ a: 1, b: 2 }, { b: 3, a: 1 }, 0).filter(({ kind }) => kind !== "…"), [{ kind: "-", text: '  "b": 2' }, { kind: "+", text: '  "b": 3' }]));
test("export for sharing replaces data sources", () => {
  const shared = exportForSharing({ id: 7, title: "T", panels: [{ type: "stat", datasource: { type: "prometheus", uid: "abc" }, targets: [{ datasource: { uid: "$ds" } }] }], templating: { list: [{ name: "v", type: "query", datasource: "abc", options: [1], current: { value: 1 } }] } }, [{ uid: "abc", name: "My Prom", type: "prometheus" }]);
  assert.equal(shared.panels[0].datasource.uid, "${DS_MY_PROM}");
  assert.equal(shared.panels[0].targets[0].datasource.uid, "$ds");
  assert.deepEqual(shared.__inputs.map(({ name, pluginId }) => [name, pluginId]), [["DS_MY_PROM", "prometheus"]]);
  assert.equal(shared.id, null);
  assert.deepEqual(shared.templating.list[0].options, []);
});

test("joinByLabels makes columns of one label's values", () => {
  const one = (labels, value) => ({ refId: "A", meta: {}, length: 1, fields: [{ name: "Time", type: "time", config: {}, values: [0] }, { name: "Value", type: "number", config: {}, labels, values: [value] }] });
  assert.deepEqual(run([one({ host: "a", what: "cpu" }, 1), one({ host: "a", what: "ram" }, 2), one({ host: "b", what: "cpu" }, 3)], "joinByLabels", { value: "what", join: ["host"] }), [{ host: ["a", "b"], cpu: [1, 3], ram: [2, null] }]);
});
test("histogram counts each field, or all together", () => {
  assert.deepEqual(run([tableFrame({ a: [1, 2, 11], b: [1, 12, 13] })], "histogram", { bucketSize: 10 }), [{ xMin: [0, 10], xMax: [10, 20], a: [2, 1], b: [1, 2] }]);
  assert.deepEqual(run([tableFrame({ a: [1, 2, 11], b: [1, 12, 13] })], "histogram", { bucketSize: 10, combine: true })[0].Count, [3, 3]);
});
test("configFromData sets fields by another query's values", () => {
  const [frame] = transform([tableFrame({ v: [1, 2] }), tableFrame({ max: [50, 90], Unit: ["s", "ms"], limit: [7, 8] }, "config")], [{ id: "configFromData", options: { configRefId: "config", mappings: [{ fieldName: "limit", handlerKey: "threshold1", reducerId: "first" }] } }]);
  assert.equal(frame.fields[0].config.max, 90);
  assert.equal(frame.fields[0].config.unit, "ms");
  assert.deepEqual(frame.fields[0].config.thresholds.steps.map(({ value }) => value), [null, 7]);
});
test("variables stand in conditions and calculations", () => {
  const replace = (text) => text.replace("$limit", "2");
  assert.deepEqual(shape(transform([tableFrame({ v: [1, 2, 3] })], [{ id: "filterByValue", options: { filters: [{ fieldName: "v", config: { id: "greater", options: { value: "$limit" } } }] } }], { replace })), [{ v: [3] }]);
  assert.deepEqual(shape(transform([tableFrame({ v: [1, 2] })], [{ id: "calculateField", options: { mode: "binary", binary: { left: "v", operator: "*", right: { fixed: "$limit" } }, alias: "twice" } }], { replace }))[0].twice, [2, 4]);
});
test("formatString changes the letters of a field", () => assert.deepEqual(run([tableFrame({ n: ["one two"] })], "formatString", { stringField: "n", outputFormat: "Title Case" }), [{ n: ["One Two"] }]));
