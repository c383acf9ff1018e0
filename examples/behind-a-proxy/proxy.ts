/** Runs nginx or HAProxy with the configuration of the examples, on free ports, until it is stopped. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type SelfSigned, selfSigned } from "@hybi/testing/adapter-contract";

export type ProxyName = "nginx" | "haproxy";

interface ProxyKind {
  readonly config: string;
  /** Arguments to run it in `folder`, which contains its configuration. */
  arguments(folder: string): string[];
  /** Adds what the examples do not show: paths that a user other than root may write. */
  adapt(config: string): string;
}

const proxies: Readonly<Record<ProxyName, ProxyKind>> = {
  nginx: {
    config: "../behind-nginx/nginx.conf",
    arguments: (folder) => ["-p", folder, "-c", "proxy.conf", "-e", "stderr", "-g", "daemon off; pid nginx.pid;"],
    adapt: (config) => {
      const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((of) => `${of}_temp_path ${of};`);
      return config.replace("http {", `http {\n  access_log off; ${paths.join(" ")}`);
    },
  },
  haproxy: {
    config: "../behind-haproxy/haproxy.cfg",
    arguments: (folder) => ["-C", folder, "-f", "proxy.conf", "-db", "-q"],
    adapt: (config) => config,
  },
};

/** A running proxy. */
export interface RunningProxy {
  /** `ws://127.0.0.1:8080`, with another port. */
  readonly url: string;
  readonly secureUrl: string;
  /** Certificate of `secureUrl`, for the client to trust. */
  readonly certificate: string;
  stop(): Promise<void>;
}

/**
 * Starts a proxy in front of `backends`, which replace 127.0.0.1:3001 and 3002 of the configuration. `changes` are applied to
 * the configuration first; the text that each replaces must be there.
 */
export async function startProxy(
  name: ProxyName,
  backends: readonly { readonly port: number }[],
  changes: Readonly<Record<string, string>> = {},
): Promise<RunningProxy> {
  const { config, adapt, arguments: argumentsFor } = proxies[name];
  const [port, securePort] = await freePorts(2);
  const ports = { 8080: port, 8443: securePort, 3001: backends[0]?.port, 3002: backends[1]?.port };
  const moved = Object.entries(ports).map(([from, to]) => [`127.0.0.1:${from}`, `127.0.0.1:${to}`] as const);
  let text = readFileSync(new URL(config, import.meta.url), "utf8");
  for (const [from, to] of [...Object.entries(changes), ...moved]) {
    if (!text.includes(from)) throw new Error(`The configuration of ${name} does not contain "${from}".`);
    text = text.replaceAll(from, to);
  }

  const folder = mkdtempSync(join(tmpdir(), `hybi-${name}-`));
  // Workers of nginx may run as another user.
  chmodSync(folder, 0o755);
  const { cert, key }: SelfSigned = await selfSigned();
  const files = { "proxy.conf": adapt(text), "site.crt": cert, "site.key": key, "site.pem": cert + key };
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);

  // Debian installs both in a folder that is only in root's PATH.
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
  const child = spawn(name, argumentsFor(folder), { cwd: folder, env, stdio: ["ignore", "inherit", "inherit"] });
  const ended = once(child, "close").catch(() => {});
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const one of [port, securePort]) await waitUntilListening(child, one ?? 0);
  } catch (error) {
    await stop();
    throw error;
  }
  const at = "127.0.0.1";
  return { url: `ws://${at}:${port}`, secureUrl: `wss://${at}:${securePort}`, certificate: cert, stop };
}

/** Returns free ports, all different. A program that is given a port cannot choose one itself. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}

/** Resolves once `child` listens; rejects if it exits instead. */
async function waitUntilListening(child: ChildProcess, port: number): Promise<void> {
  for (;;) {
    if (child.pid === undefined) throw new Error(`${child.spawnfile} is not installed.`);
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${child.spawnfile} did not start.`);
    const socket = connect(port, "127.0.0.1");
    const isOpen = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await delay(20);
  }
}
