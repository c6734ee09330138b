// The built program on free ports with a temporary folder.
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
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
  /**
   * Starts `martlet up` and waits until all its addresses answer. `configuration` gets the roles' ports and gives the
   * server's configuration file; without it the server has the one that `up` writes. `files` are put beside it.
   * `prepare` gets the data folder before the start.
   */
  static async up(flags = [], { environment = {}, configuration, files = {}, prepare } = {}) {
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
    if (configuration) {
      const path = join(program.folder, "prometheus.yml");
      for (const [name, text] of Object.entries(files)) await writeFile(join(program.folder, name), text);
      await writeFile(path, configuration({ webapp, server, dashboards, containers }));
      args.push("--config.file", path);
    }
    await prepare?.(join(program.folder, "data"));
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
  async query(expression, time) {
    const at = time === undefined ? "" : `&time=${time}`;
    const response = await fetch(`${this.server}/api/v1/query?query=${encodeURIComponent(expression)}${at}`);
    const { data } = await response.json();
    return data.result[0] && Number(data.result[0].value[1]);
  }

  /** Logs the browser in to the dashboards, without the form. */
  async signIn(browser) {
    await browser.open(`${this.dashboards}/login`);
    const status = await browser.run(`
      return fetch("/login", { method: "POST", headers: { "content-type": "application/json" },
        body: JSON.stringify({ user: "admin", password: "foobar" }) }).then((answer) => answer.status);`);
    if (status !== 200) throw new Error(`the login answered ${status}`);
  }

  async stop() {
    const ended = new Promise((resolve) => this.child.on("exit", resolve));
    this.child.kill("SIGTERM");
    const code = await ended;
    await rm(this.folder, { recursive: true, force: true });
    return code;
  }
}
