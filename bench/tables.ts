/** The tables of core, as data: one for each direction, role and chunk size. */
import type { Task } from "./task.ts";

export interface CoreTable {
  readonly name: string;
  readonly title: string;
  readonly tasks: readonly Task[];
}

const all = ["t16", "t125", "j200", "k64", "b1k", "b16k", "b1m", "t1m", "k1m", "fragb", "fragk", "mixed"];
/** Workloads that `ws` can decode byte by byte in reasonable time: its cost is quadratic in the message length. */
const small = ["t16", "t125", "k64", "b1k", "b16k", "mixed"];
/** Workloads with one message: fragmentation and Pings are up to each sender. */
const sendable = ["t16", "t125", "j200", "k64", "b1k", "b16k", "b1m", "t1m", "k1m"];
/** Sizes around the steps of the encoder. */
const singles = (kind: string): string[] =>
  [1000, 4000, 4200, 8192, 16_384, 65_536, 262_144].map((size) => `${kind}${size}`);
const chunkTitles: Readonly<Record<number, string>> = { 65536: "64 KiB", 1460: "1460 B", 1: "1 B" };

function decode(role: Task["role"], chunk: number): CoreTable {
  const masked = role === "server" ? "masked" : "unmasked";
  return {
    name: `decode/${role}/${chunk}`,
    title: `Decode, ${role} role (${masked}), chunks of ${chunkTitles[chunk]}`,
    tasks: (chunk === 1 ? small : all).map((workload) => ({ direction: "decode", role, workload, chunk })),
  };
}

function encode(role: Task["role"]): CoreTable {
  const masked = role === "server" ? "unmasked" : "masked";
  return {
    name: `encode/${role}`,
    title: `Encode, ${role} role (${masked})`,
    tasks: sendable.map((workload) => ({ direction: "encode", role, workload, chunk: 0 })),
  };
}

export const coreTables: readonly CoreTable[] = [
  decode("server", 65536),
  decode("server", 1460),
  decode("server", 1),
  decode("client", 65536),
  decode("client", 1460),
  decode("client", 1),
  encode("server"),
  encode("client"),
  {
    name: "encode/single",
    title: "Encode, server role, one message a turn",
    tasks: [...singles("text"), "t1m", ...singles("binary"), "b1m"].map((workload) => ({
      direction: "encode",
      role: "server",
      workload,
      chunk: 0,
      perTurn: 1,
    })),
  },
  {
    name: "handshake",
    title: "Opening handshake of a server",
    tasks: [{ direction: "handshake", role: "server", workload: "handshake", chunk: 0 }],
  },
];

/** Rows of a quick run: those most likely to show a mistake. */
export const quickRows: readonly string[] = [
  "decode/server/65536 t16",
  "decode/server/65536 t125",
  "decode/server/65536 b1k",
  "encode/server t125",
  "encode/client b1k",
  "encode/single text16384",
];
