import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { findProgram, type Program } from "@/e2e/gateways/programs";
import { freePort } from "@/lib/testing/instance";

/** What a gateway stands between. Ports on 127.0.0.1. */
type Ports = { latchkey: number; service: number };
type Places = { directory: string; port: number; config: string };

export type Gateway = { port: number; stop: () => Promise<void> };

type Kind = {
  name: string;
  versionArgument: string;
  /** The file under docs/gateways, used as it is but for its addresses. */
  config: string;
  /** Writes what must stand around it, and returns the arguments to start with. */
  prepare: (places: Places) => Promise<string[]>;
};

/** The gateways that the tests run: Debian has a package of each. */
export const GATEWAYS: Kind[] = [
  {
    name: "nginx",
    versionArgument: "-v",
    config: "nginx/latchkey.conf",
    prepare: async ({ directory, config }) => {
      await writeFile(path.join(directory, "latchkey.conf"), config);
      await writeFile(path.join(directory, "nginx.conf"), nginxAround(directory));
      return ["-p", directory, "-c", path.join(directory, "nginx.conf"), "-e", "stderr"];
    },
  },
  {
    name: "caddy",
    versionArgument: "version",
    config: "caddy/Caddyfile",
    prepare: async ({ directory, config }) => {
      const file = path.join(directory, "Caddyfile");
      await writeFile(file, `{\n\tadmin off\n\tdefault_bind 127.0.0.1\n}\n${config}`);
      return ["run", "--adapter", "caddyfile", "--config", file];
    },
  },
  {
    name: "haproxy",
    versionArgument: "-v",
    config: "haproxy/haproxy.cfg",
    prepare: async ({ directory, config }) => {
      const lua = path.resolve("docs/gateways/haproxy/latchkey.lua");
      const file = path.join(directory, "haproxy.cfg");
      await writeFile(file, config.replace("/etc/haproxy/latchkey.lua", lua));
      return ["-db", "-q", "-f", file];
    },
  },
];

/** Starts the gateway with the documented configuration on a free port, or null where its program cannot be had. */
export async function startGateway(kind: Kind, ports: Ports): Promise<Gateway | null> {
  const program = findProgram(kind.name, kind.versionArgument);
  if (program === null) return null;
  const directory = await mkdtemp(path.join(tmpdir(), `latchkey-${kind.name}-`));
  const port = await freePort();
  const documented = await readFile(path.join("docs/gateways", kind.config), "utf8");
  const config = withAddresses(documented, { ...ports, port });
  const child = start(program, await kind.prepare({ directory, port, config }), directory);
  const stop = async () => {
    const exited = child.exitCode === null && child.signalCode === null ? once(child, "exit") : null;
    child.kill("SIGTERM");
    await exited;
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await listening(port, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, stop };
}

function start({ file, env }: Program, args: string[], directory: string): ChildProcess {
  // Caddy keeps its certificates and settings in the home directory unless told.
  const own = { ...env, HOME: directory, XDG_DATA_HOME: directory, XDG_CONFIG_HOME: directory };
  return spawn(file, args, { env: own, stdio: ["ignore", "ignore", process.env.GATEWAY_LOG ? "inherit" : "ignore"] });
}

/** The addresses in the documented files, and nothing else, become those of the test. */
function withAddresses(config: string, { latchkey, service, port }: Ports & { port: number }): string {
  return config
    .replaceAll("127.0.0.1:3000", `127.0.0.1:${latchkey}`)
    .replaceAll("127.0.0.1:8000", `127.0.0.1:${service}`)
    .replace(/^( *(?:listen |bind )?:?)8080\b/m, `$1${port}`);
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (child.exitCode !== null) throw new Error("The gateway ended. GATEWAY_LOG=1 shows what it says.");
    const socket = connect(port, "127.0.0.1");
    const isThere = await Promise.race([
      once(socket, "connect").then(
        () => true,
        () => false,
      ),
      wait(500, false),
    ]);
    socket.destroy();
    if (isThere) return;
    await wait(100);
  }
  throw new Error("The gateway did not listen within 10 seconds.");
}

/** One process without a daemon, and no file outside the directory. The file has to undo what is unsafe around it. */
function nginxAround(directory: string): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `daemon off;
master_process off;
pid ${directory}/nginx.pid;
error_log stderr warn;
events {}
http {
  access_log off;
  underscores_in_headers on;
  ${temporary.map((name) => `${name}_temp_path ${directory}/${name};`).join("\n  ")}
  include ${directory}/latchkey.conf;
}
`;
}
