import { test } from "node:test";
import assert from "node:assert/strict";
import { isBinaryUnit, formatTick, formatValue, display, toFixed } from "../../../Sources/WebAssets/web/models/units.js";

const golden = [
  // The demo's figures.
  [4.7342, "none", null, "4.73"], [393.93, "mbytes", null, "394 MiB"], [18.71, "percent", null, "18.7%"], [6.7312, "percent", 2, "6.73%"],
  [0, "percent", 2, "0.00%"], [83.17 * 1048576, "bytes", 2, "83.17 MiB"], [10.7199, "percent", 2, "10.72%"],
  // Automatic decimals.
  [4.734, "none", null, "4.73"], [12.34, "none", null, "12.3"], [123.4, "none", null, "123"], [0.01234, "none", null, "0.0123"], [0, "none", null, "0"],
  [5, "none", null, "5"], [1.5, "none", null, "1.5"], [-4.734, "none", null, "-4.7"], [-1.25, "none", null, "-1.3"],
  // Rarer ones.
  [1234.5, "gflops", null, "1.23 TFLOPS"], [1234.5, "m3", null, "1235 m³"], [1234.5, "µfarad", null, "1.23 mF"], [1234.5, "currencyTRY", null, "1.23K ₺"], [1234.5, "currencyZAR", null, "R1.23K"], [12.5, "conmgdL", null, "12.5 mg/dL"], [2, "forcekN", null, "2 kN"],
  // Data.
  [1024, "bytes", null, "1 KiB"], [1536, "bytes", null, "1.5 KiB"], [0, "bytes", null, "0 B"], [512, "bytes", null, "512 B"], [50e6, "bytes", null, "47.7 MiB"],
  [1e9, "decbytes", null, "1 GB"], [1500, "decbytes", null, "1.5 kB"], [2048, "kbytes", null, "2 MiB"], [3, "gbytes", null, "3 GiB"], [2000, "decmbytes", null, "2 GB"],
  [1500, "bps", null, "1.5 kb/s"], [1536, "binBps", null, "1.5 KiB/s"], [2e6, "Bps", null, "2 MB/s"], [1, "KBs", null, "1 kB/s"], [12, "pps", null, "12 p/s"], [8e6, "decbits", null, "8 Mb"],
  [1500, "Mbits", null, "1.5 Gb/s"], [1024, "KiBs", null, "1 MiB/s"], [0.5, "bytes", null, "0.5 B"],
  // Numbers.
  [1234, "short", null, "1.23 K"], [1234567, "short", null, "1.23 Mil"], [1e9, "short", null, "1 Bil"], [999, "short", null, "999"], [0.25, "short", null, "0.25"], [-1500, "short", null, "-1.5 K"],
  [0.1234, "percentunit", null, "12.3%"], [1, "percentunit", null, "100%"], [12.34, "percent", null, "12.3%"], [1234567, "locale", null, "1,234,567"],
  [255, "hex", null, "FF"], [255, "hex0x", null, "0xFF"], [1200, "reqps", null, "1.2K req/s"], [3, "ops", null, "3 ops/s"], [2500, "rps", null, "2.5K rd/s"], [10, "wps", null, "10 wr/s"],
  [7, "iops", null, "7 io/s"], [3, "eps", null, "3 evt/s"], [1, "mps", null, "1 msg/s"], [5, "cps", null, "5 c/s"], [60, "opm", null, "60 ops/m"],
  [21.5, "celsius", null, "21.5 °C"], [2.4e9, "hertz", null, "2.4 GHz"], [1500, "watt", null, "1.5 kW"], [55, "humidity", null, "55%H"], [1200, "rotrpm", null, "1200 rpm"],
  // Time.
  [0.5, "s", null, "500 ms"], [0.0000005, "s", null, "500 ns"], [0.00005, "s", null, "50 µs"], [12, "s", null, "12 s"], [90, "s", null, "1.5 min"], [7200, "s", null, "2 hour"], [172800, "s", null, "2 day"],
  [1209600, "s", null, "2 week"], [63113800, "s", null, "2 year"], [0, "s", null, "0 s"], [1500, "ms", null, "1.5 s"], [999, "ms", null, "999 ms"], [90000, "ms", null, "1.5 min"], [1500, "µs", null, "1.5 ms"],
  [1500, "ns", null, "1.5 µs"], [93784, "dtdurations", 1, "1 day, 2 hours"], [93784, "dtdurations", null, "1 day"], [61000, "dtdurationms", 1, "1 minute, 1 second"], [3661, "dthms", null, "01:01:01"],
  [90061, "dtdhms", null, "1 d 01:01:01"], [6000, "timeticks", null, "1 min"],
  // Dates and words.
  [0, "dateTimeAsIso", null, "1970-01-01 00:00:00"], [86400000, "time: YYYY/MM/DD", null, "1970/01/02"], [1, "bool", null, "True"], [0, "bool_yes_no", null, "No"], [1, "bool_on_off", null, "On"],
  [1, "bool:up/down", null, "up"],
  // Free ids.
  [3, "items/sec", null, "3 items/sec"], [1234, "currencyUSD", null, "$1.23K"], [4, "prefix:~", null, "~4"], [4, "suffix: apples", null, "4 apples"], [1500, "si:mV", null, "1.5 V"], [1200, "count:req", null, "1.2K req"],
  [3, "currency:₿", null, "₿3"], [3, "constructor", null, "3 constructor"], [3, "hasOwnProperty:x", null, "3 hasOwnProperty:x"],
  [null, "bytes", null, ""], [NaN, "none", null, "NaN"], [Infinity, "none", null, "∞"], [1e300, "bytes", 0, formatValue(1e300, "bytes", 0)],
];

for (const [value, unit, decimals, expected] of golden) {
  test(`${value} ${unit} (${decimals ?? "auto"}) is ${JSON.stringify(expected)}`, () => {
    assert.equal(formatValue(value, unit, decimals, { timeZone: "utc" }), expected);
  });
}

test("axis ticks keep three digits, and whole numbers stay bare", () => {
  assert.deepEqual([0, 2.5, 5, 7.5, 10, 12.5].map((v) => formatTick(v, "percent", null, 2.5)), ["0%", "2.50%", "5%", "7.50%", "10%", "12.5%"]);
  assert.deepEqual([0, 0.2, 0.4, 0.6000000000000001, 0.8, 1].map((v) => formatTick(v, "none", null, 0.2)), ["0", "0.200", "0.400", "0.600", "0.800", "1"]);
  assert.deepEqual([0, 50e6, 100e6, 150e6, 200e6].map((v) => formatTick(v, "bytes", null, 50e6)), ["0 B", "47.7 MiB", "95.4 MiB", "143 MiB", "191 MiB"]);
  assert.deepEqual([1e9, 2e9, 3e9].map((v) => formatTick(v, "bytes", null, 1e9)), ["954 MiB", "1.86 GiB", "2.79 GiB"]);
  assert.deepEqual([0.000055, 0.00006, 0.000065].map((v) => formatTick(v, "none", null, 0.000005)), ["0.0000550", "0.0000600", "0.0000650"]);
  assert.deepEqual([100, 100.25, 100.5].map((v) => formatTick(v, "none", null, 0.25)), ["100", "100.25", "100.50"]);
});

test("the parts of a value stay apart", () => {
  assert.deepEqual(display(393.93, "mbytes"), { prefix: "", text: "394", suffix: " MiB" });
  assert.deepEqual(display(18.71, "percent"), { prefix: "", text: "18.7", suffix: "%" });
});

test("zero has no sign", () => assert.equal(toFixed(-0, 2), "0.00"));

test("units that count in 1024s", () => {
  for (const unit of ["bytes", "bits", "kbytes", "gbytes", "binBps", "KiBs", "Mibits"]) assert.equal(isBinaryUnit(unit), true, unit);
  for (const unit of ["decbytes", "Bps", "percent", "short", "", undefined, "crumbs"]) assert.equal(isBinaryUnit(unit), false, unit);
});
