// The built program on free ports with a temporary folder.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./webdriver.mjs";

export const checkout = new URL("../../..", import.meta.url).pathname;
export const executable = process.env.MARTLET_PROGRAM ?? join(checkout, ".build/debug/martlet");

/** Different ports that were free a moment ago. */
export async function freePorts(count) {
  const servers = [];
  for (let i = 0; i < count; i += 1) {
    servers.push(await new Promise((resolve, reject) => {
      const server = createServer().on("error", reject);
      server.listen(0, "127.0.0.1", () => resolve(server));
    }));
  }
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

export class Program {
  /** Starts `martlet up` and waits until all its addresses answer. */
  static async up(flags = [], { environment = {} } = {}) {
    const program = new Program();
    program.folder = await mkdtemp(join(tmpdir(), "martlet-web-"));
    const [webapp, server, dashboards, containers] = await freePorts(4);
    program.webapp = `http://localhost:${webapp}`;
    program.server = `http://localhost:${server}`;
    program.dashboards = `http://localhost:${dashboards}`;
    program.containers = `http://localhost:${containers}`;
    const args = ["up", "--data", join(program.folder, "data"), "--webapp-address", `127.0.0.1:${webapp}`,
      "--server-address", `127.0.0.1:${server}`, "--dashboards-address", `127.0.0.1:${dashboards}`,
      "--containers-address", `127.0.0.1:${containers}`, ...flags];
    const child = spawn(executable, args, { env: { ...process.env, ...environment } });
    program.child = child;
    program.output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (part) => { program.output += part; });
    }
    let ended = false;
    child.on("exit", () => { ended = true; });
    await eventually("martlet up", () => {
      if (ended) throw new Error(program.output);
      return program.output.includes("Martlet is up");
    }).catch((error) => { throw new Error(`${error.message}\n${program.output}`); });
    return program;
  }

  /** The first sample of an instant query; undefined when there is none. */
  async query(expression) {
    const response = await fetch(`${this.server}/api/v1/query?query=${encodeURIComponent(expression)}`);
    const { data } = await response.json();
    return data.result[0] && Number(data.result[0].value[1]);
  }

  async stop() {
    const ended = new Promise((resolve) => this.child.on("exit", resolve));
    this.child.kill("SIGTERM");
    const code = await ended;
    await rm(this.folder, { recursive: true, force: true });
    return code;
  }
}
