/** A process that measures one implementation at the request of its parent. */
import { prepareDecode } from "./decode-task.ts";
import { prepareEncode } from "./encode-task.ts";
import { prepareHandshake } from "./handshake-task.ts";
import { heldByFragments } from "./held.ts";
import { prepareBroadcast } from "./in-process/broadcast-task.ts";
import { heldByWaiting } from "./in-process/waiting.ts";
import type { PreparedTask, Task } from "./task.ts";

export type Request =
  | { readonly type: "prepare"; readonly task: Task; readonly share: number }
  | { readonly type: "pass" }
  | { readonly type: "garbage" }
  | { readonly type: "held"; readonly by: keyof typeof held };
export type Response =
  | { readonly type: "prepared"; readonly digest: string }
  | { readonly type: "passed"; readonly nanoseconds: number }
  | { readonly type: "bytes"; readonly bytes: number };

const implementation = process.argv[2] as string;
const preparations = {
  decode: prepareDecode,
  encode: prepareEncode,
  handshake: prepareHandshake,
  broadcast: prepareBroadcast,
};
const held = { fragments: heldByFragments, waiting: heldByWaiting };
let prepared: PreparedTask | undefined;

/** Minimum CPU time in microseconds of a pass, and of the warm-up, during which the code is compiled. */
const passTime = 25_000;
const warmUpTime = 500_000;

process.on("message", (request: Request) => {
  respond(request).then(
    (response) => process.send?.(response),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit(0));

async function respond(request: Request): Promise<Response> {
  switch (request.type) {
    case "prepare":
      return prepare(request.task, request.share);
    case "pass":
      return { type: "passed", nanoseconds: await timeFor(preparedTask(), passTime) };
    case "garbage":
      return { type: "bytes", bytes: preparedTask().garbage?.() ?? Number.NaN };
    case "held":
      return { type: "bytes", bytes: await held[request.by](implementation) };
    default:
      return request satisfies never;
  }
}

async function prepare(task: Task, share: number): Promise<Response> {
  prepared = await preparations[task.direction](task, implementation);
  const digest = prepared.verify();
  await timeFor(prepared, warmUpTime * share);
  return { type: "prepared", digest };
}

/** Runs the task for at least this CPU time; returns nanoseconds per message. */
async function timeFor(task: PreparedTask, microseconds: number): Promise<number> {
  let spent = 0;
  let messages = 0;
  while (spent < microseconds) {
    spent += await task.time();
    messages += task.messages;
  }
  return (spent * 1000) / messages;
}

function preparedTask(): PreparedTask {
  if (prepared === undefined) throw new Error("No task has been prepared.");
  return prepared;
}
