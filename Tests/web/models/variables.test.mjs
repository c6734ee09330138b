import { test } from "node:test";
import assert from "node:assert/strict";
import { applyRegex, chooseCurrent, customOptions, cycleText, dependents, parseVariableQuery, queryResultText, resolutionOrder, sortOptions, variableForText, variablesToQuery } from "../../../Sources/WebAssets/web/models/variables.js";
import { formatVariable, interpolate, prometheusFormat, referencedNames } from "../../../Sources/WebAssets/web/models/interpolate.js";
import { addFilters } from "../../../Sources/WebAssets/web/models/adhoc.js";
import { roundInterval } from "../../../Sources/WebAssets/web/models/step.js";

const texts = (options) => options.map(({ value }) => value);

test("the demo's chained variables split host and port", () => {
  const instances = ["cadvisor:8080", "other:9090"];
  assert.deepEqual(texts(applyRegex(instances, "/([^:]+):.*/")), ["cadvisor", "other"]);
  assert.deepEqual(texts(applyRegex(instances, "/[^:]+:(.*)/")), ["8080", "9090"]);
});
test("regex: named groups, global matches, no match is dropped, duplicates go", () => {
  assert.deepEqual(applyRegex(["a=1", "b=2"], "/(?<text>\\w)=(?<value>\\d)/"), [{ text: "a", value: "1" }, { text: "b", value: "2" }]);
  assert.deepEqual(texts(applyRegex(["x1 x2"], "/x(\\d)/g")), ["1", "2"]);
  assert.deepEqual(texts(applyRegex(["aa", "b"], "/a+/")), ["aa"]);
  assert.deepEqual(texts(applyRegex(["a1", "a1", "a2"], "a(\\d)")), ["1", "2"]);
  assert.deepEqual(texts(applyRegex(["a"], "/(/")), ["a"]);
});
test("sorting", () => {
  const options = ["b10", "a9", "B2"].map((text) => ({ text, value: text }));
  assert.deepEqual(texts(sortOptions(options, 1)), ["B2", "a9", "b10"]);
  assert.deepEqual(texts(sortOptions(options, 3)), ["B2", "a9", "b10"]);
  assert.deepEqual(texts(sortOptions(options, 4)), ["b10", "a9", "B2"]);
  assert.deepEqual(texts(sortOptions(options, 5)), ["a9", "b10", "B2"]);
  assert.deepEqual(texts(sortOptions(options, 0)), ["b10", "a9", "B2"]);
});
test("custom options", () => {
  assert.deepEqual(customOptions("a, b\\,c, Name : value"), [{ text: "a", value: "a" }, { text: "b,c", value: "b,c" }, { text: "Name", value: "value" }]);
  assert.deepEqual(customOptions('[{"text":"A","value":1},"b"]', "json"), [{ text: "A", value: "1" }, { text: "b", value: "b" }]);
  assert.deepEqual(customOptions("{", "json"), []);
});
test("query forms", () => {
  assert.deepEqual(parseVariableQuery('label_values(up{job=~"$job"}, instance)'), { kind: "labelValues", label: "instance", selector: 'up{job=~"$job"}' });
  assert.deepEqual(parseVariableQuery({ query: "label_values(job)", refId: "x" }), { kind: "labelValues", label: "job", selector: null });
  assert.deepEqual(parseVariableQuery("label_values({}, job)"), { kind: "labelValues", label: "job", selector: null });
  assert.deepEqual(parseVariableQuery("label_names()"), { kind: "labelNames", selector: null });
  assert.deepEqual(parseVariableQuery("metrics(node_.*)"), { kind: "metrics", pattern: "node_.*" });
  assert.deepEqual(parseVariableQuery("query_result(topk(1, up))"), { kind: "queryResult", expression: "topk(1, up)" });
  assert.deepEqual(parseVariableQuery("up"), { kind: "series", selector: "up" });
  assert.deepEqual(parseVariableQuery(null), { kind: "nothing" });
  assert.equal(queryResultText({ metric: { __name__: "up", job: "a" }, value: [1.5, "1"] }), 'up{job="a"} 1 1500');
});
test("the current value", () => {
  const options = [{ text: "a", value: "a" }, { text: "b", value: "b" }];
  assert.deepEqual(chooseCurrent({ current: { value: "b" } }, options), { text: "b", value: "b" });
  assert.deepEqual(chooseCurrent({ current: { value: "gone" } }, options), { text: "a", value: "a" });
  assert.deepEqual(chooseCurrent({ current: { value: "gone" }, includeAll: true }, options), { text: "All", value: "$__all" });
  assert.deepEqual(chooseCurrent({ current: { value: ["b", "gone"] }, multi: true }, options), { text: ["b"], value: ["b"] });
  assert.equal(chooseCurrent({ current: {} }, []).value, "");
  assert.deepEqual(chooseCurrent({ current: { value: "All" }, includeAll: true, multi: true }, options).value, ["$__all"]);
  assert.deepEqual(chooseCurrent({ current: { value: "new" }, fromURL: true }, options), { text: "new", value: "new" });
});
test("order of resolution, dependents and cycles", () => {
  const variables = [{ name: "port", query: 'label_values(x{instance=~"$node:.*"}, instance)' }, { name: "node", query: 'label_values(x{job="$job"}, instance)' }, { name: "job", query: "label_values(x, job)" }];
  assert.deepEqual(resolutionOrder(variables), { groups: [["job"], ["node"], ["port"]], cycles: [] });
  assert.deepEqual([...dependents(variables, "job")].sort(), ["node", "port"]);
});
test("a cycle is named, and stops nothing but itself", () => {
  const variable = (name, ...needs) => ({ name, query: needs.map((need) => "$" + need).join(" ") });
  assert.deepEqual(resolutionOrder([variable("a", "b"), variable("b", "a")]), { groups: [], cycles: [["a", "b"]] });
  assert.deepEqual(resolutionOrder([variable("late", "b"), variable("a", "b"), variable("b", "c"), variable("c", "a"), variable("free"), variable("more", "free", "late")]),
    { groups: [["free"], ["late"], ["more"]], cycles: [["a", "b", "c"]] }, "what waits for a cycle is not in it");
  assert.deepEqual(resolutionOrder([variable("a", "b"), variable("b", "a", "c"), variable("c", "b"), variable("x", "y"), variable("y", "x")]).cycles, [["a", "b"], ["c", "b"], ["x", "y"]], "each name is in a cycle that goes through it");
  assert.deepEqual(resolutionOrder([variable("self", "self")]), { groups: [["self"]], cycles: [] }, "its own last value is no cycle");
  assert.equal(cycleText(["a", "b"]), "$a → $b → $a");
});

const variables = {
  job: { name: "job", type: "query", value: "web" }, node: { name: "node", type: "query", multi: true, value: ["a.b", "c"] }, one: { name: "one", type: "query", multi: true, value: ["a.b"] },
  quoted: { name: "quoted", type: "query", value: "it's\\x" }, all: { name: "all", type: "query", includeAll: true, value: ".*", verbatim: true }, t: { name: "t", value: 0 },
};
const lookup = (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined);
test("references in all forms", () => {
  assert.equal(interpolate("$job ${job} [[job]] ${job:raw} $jobs ${no}", lookup), "web web web web $jobs ${no}");
  assert.equal(interpolate("$node", lookup), "{a.b,c}");
  assert.equal(interpolate("${node:pipe} ${node:csv} ${node:regex} ${node:json} ${node:queryparam}", lookup), 'a.b|c a.b,c (a\\.b|c) ["a.b","c"] var-node=a.b&var-node=c');
  assert.equal(interpolate("${node:singlequote} ${node:doublequote} ${node:join:;}", lookup), "'a.b','c' \"a.b\",\"c\" a.b;c");
  assert.equal(interpolate("${t:date} ${t:date:seconds} ${t:date:YYYY}", lookup), "1970-01-01T00:00:00.000Z 0 1970");
  assert.deepEqual([...referencedNames("$a ${b:raw} [[c]] x")].sort(), ["a", "b", "c"]);
});
test("PromQL escaping", () => {
  const prom = (text) => interpolate(text, lookup, prometheusFormat);
  assert.equal(prom('x{job="$job"}'), 'x{job="web"}');
  assert.equal(prom('x{n=~"$node"}'), 'x{n=~"(a\\\\.b|c)"}');
  assert.equal(prom('x{n=~"$one"}'), 'x{n=~"a\\\\.b"}');
  assert.equal(prom('x{n="$quoted"}'), "x{n=\"it\\'s\\\\x\"}");
  assert.equal(prom('x{n=~"$all"}'), 'x{n=~".*"}');
});
test("All without allValue joins the options", () => {
  const variable = { name: "v", type: "query", includeAll: true, multi: true, current: { value: ["$__all"] }, options: [{ value: "a" }, { value: "b" }] };
  assert.deepEqual(variableForText(variable).value, ["a", "b"]);
  assert.deepEqual(variablesToQuery([variable]), { "var-v": ["$__all"] });
});
test("prototype names are no variables' fields", () => {
  assert.equal(interpolate("${job.constructor}", lookup), "");
  assert.equal(formatVariable("x", "constructor"), "x");
});
test("ad hoc filters enter every selector", () => {
  const filters = [{ key: "job", operator: "=", value: "a" }];
  assert.equal(addFilters("up", filters), 'up{job="a"}');
  assert.equal(addFilters('sum by (job) (rate(x{a="}"}[5m])) / on(job) group_left y offset 5m', filters), 'sum by (job) (rate(x{a="}",job="a"}[5m])) / on(job) group_left y{job="a"} offset 5m');
  assert.equal(addFilters("sum(up) by (instance)", filters), 'sum(up{job="a"}) by (instance)');
  assert.equal(addFilters("1 + 2", filters), "1 + 2");
  assert.equal(addFilters("up", [{ key: "j", operator: "=|", value: "a.b,c" }]), 'up{j=~"a\\\\.b|c"}');
});
test("rounding of intervals", () => {
  assert.deepEqual([9, 10, 14, 1499, 3000, 12499, 44999, 60000, 90000, 5400e3, 86400e3].map(roundInterval), [1, 10, 10, 1000, 2000, 10000, 30000, 60000, 120000, 7200e3, 86400e3]);
});
