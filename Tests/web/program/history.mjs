// Samples of the past, written into a data folder before the program starts.
import { execFileSync } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { executable } from "./program.mjs";

/** The series of a text in the format of exposition: [{ name, labels (a text), value, isCounter }]; finite ones of names that `wanted` lets through. */
export function seriesOf(text, wanted = /^/) {
  const series = [];
  let type = "";
  for (const line of text.split("\n")) {
    type = /^# TYPE \S+ (\w+)/.exec(line)?.[1] ?? type;
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (!sample || !wanted.test(sample[1]) || !Number.isFinite(Number(sample[3]))) continue;
    series.push({ name: sample[1], labels: sample[2] ?? "", value: Number(sample[3]), isCounter: type === "counter" });
  }
  return series;
}

/**
 * Writes series as blocks: `count` samples each, `step` seconds apart, the last one now. A series is { name, labels, at(index) }.
 * `data` is the data folder of a program that does not run yet.
 */
export async function writeHistory(data, series, { count, step }) {
  const file = join(data, "history.txt"), out = join(data, "tsdb");
  await mkdir(out, { recursive: true });
  const stream = createWriteStream(file), start = Math.floor(Date.now() / 1000 / step) * step - (count - 1) * step;
  const write = async (text) => { if (!stream.write(text)) await new Promise((resolve) => stream.once("drain", resolve)); };
  for (const { name, labels, at } of series) {
    await write(Array.from({ length: count }, (_, index) => `${name}{${labels}} ${at(index)} ${start + index * step}\n`).join(""));
  }
  await write("# EOF\n");
  await new Promise((resolve) => stream.end(resolve));
  execFileSync(executable, ["tool", "tsdb", "create-blocks-from", "openmetrics", "--quiet", file, out]);
  await rm(file);
}
