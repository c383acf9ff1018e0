/** Encoding messages into a gather sink, turn by turn. */
import { createHash } from "node:crypto";
import { GatherSink } from "./gather-sink.ts";
import { sender } from "./peers/senders.ts";
import { cpuTime, nextTurn, type PreparedTask, type Task } from "./task.ts";
import { decodeMessages } from "./wire.ts";
import { workloadNamed } from "./workloads.ts";

/** Messages per turn: as many as fit this many bytes, and at most this many. */
const turnLength = 65_536;
const turnMessages = 64;
/** Payload bytes per run. */
const runLength = { short: 4_194_304, long: 67_108_864 };

export function prepareEncode(task: Task, implementation: string): PreparedTask {
  const [message] = workloadNamed(task.workload).cycle;
  if (message === undefined) throw new Error("The workload is empty.");
  const { kind, payload } = message;
  const data = kind === "text" ? Buffer.from(payload).toString() : payload;
  const perTurn = task.perTurn ?? Math.max(1, Math.min(turnMessages, Math.floor(turnLength / payload.length)));
  const length = payload.length >= 16_384 && kind === "binary" ? runLength.long : runLength.short * 4;
  const turns = Math.ceil(Math.min(length / payload.length, 200_000) / perTurn);
  const messages = Array(perTurn).fill(data);
  const sink = new GatherSink();
  const sendTurn = sender(implementation, task.role, sink);
  return {
    messages: turns * perTurn,
    verify: () => {
      const hash = createHash("sha1");
      const decoded = decodeMessages(sink.capture(() => sendTurn(messages)));
      for (const { kind, payload } of decoded) hash.update(`${kind} ${payload.length} `).update(payload);
      return `${decoded.length} ${hash.digest("hex")}`;
    },
    time: async () => {
      const before = sink.written;
      const start = cpuTime();
      for (let index = 0; index < turns; index++) sendTurn(messages);
      await nextTurn();
      const spent = cpuTime() - start;
      if (sink.written - before < turns * perTurn * payload.length) throw new Error("Too little was written.");
      return spent;
    },
  };
}
