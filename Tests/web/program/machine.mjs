// A machine to scrape: Debian's node exporter, if it is there, and made numbers for all else that dashboards ask for.
import { spawn, spawnSync } from "node:child_process";
import { createServer } from "node:http";
import { freePorts } from "./program.mjs";

/** The metrics that queries in a text name, each with the labels that their matchers want: name → label texts. */
export function namedMetrics(text) {
  const metrics = new Map();
  for (const [, name, matchers] of text.matchAll(/\b([a-zA-Z_:][a-zA-Z0-9_:]*)\s*\{([^{}]*)\}/g)) {
    const labels = [...matchers.replaceAll('\\"', '"').matchAll(/(\w+)\s*=\s*["']([^"'$\\]+)["']/g)]
      .filter(([, label]) => label !== "job" && label !== "instance").map(([, label, value]) => `${label}="${value}"`);
    if (!metrics.has(name)) metrics.set(name, new Set());
    metrics.get(name).add(labels.sort().join());
  }
  return metrics;
}

export class Machine {
  /** Serves /metrics on a free port of the loopback address: `port`. */
  static async start(texts) {
    const machine = new Machine();
    const wanted = namedMetrics(texts.join("\n"));
    if (spawnSync("prometheus-node-exporter", ["--version"]).status === 0) {
      [machine.exporterPort] = await freePorts(1);
      machine.exporter = spawn("prometheus-node-exporter", [`--web.listen-address=127.0.0.1:${machine.exporterPort}`], { stdio: "ignore" });
    }
    const begin = Date.now();
    machine.server = createServer(async (request, response) => {
      response.setHeader("content-type", "text/plain; version=0.0.4");
      response.end(await machine.metrics(wanted, (Date.now() - begin) / 1000));
    });
    await new Promise((resolve) => machine.server.listen(0, "127.0.0.1", resolve));
    machine.port = machine.server.address().port;
    return machine;
  }

  async metrics(wanted, seconds) {
    const real = this.exporter
      ? await fetch(`http://127.0.0.1:${this.exporterPort}/metrics`).then((answer) => answer.text(), () => "") : "";
    const have = new Set(real.match(/^[a-zA-Z_:][\w:]*/gm));
    const lines = [];
    for (const [name, all] of wanted) {
      // The program itself serves these.
      if (have.has(name) || name === "up" || name.startsWith("http_request")) continue;
      [...all].forEach((labels, at) => {
        const common = ["device", "image", "name", "mountpoint"].filter((label) => !labels.includes(`${label}=`));
        lines.push(`${name}{${[labels, ...common.map((label) => `${label}="one"`)].filter(Boolean).join()}} ${(100 + seconds * (1 + at)).toFixed(3)}\n`);
      });
    }
    return real + lines.join("");
  }

  stop() {
    this.exporter?.kill();
    this.server.close();
    this.server.closeAllConnections();
  }
}
