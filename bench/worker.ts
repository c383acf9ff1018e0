/** A process with one implementation in it, which does what its parent asks. */
import { prepareDecode } from "./decode-task.ts";
import { prepareEncode } from "./encode-task.ts";
import { prepareHandshake } from "./handshake-task.ts";
import { heldByFragments } from "./held.ts";
import type { PreparedTask, Task } from "./task.ts";

export type Request =
  | { readonly type: "prepare"; readonly task: Task }
  | { readonly type: "pass" }
  | { readonly type: "garbage" }
  | { readonly type: "held" };
export type Response =
  | { readonly type: "prepared"; readonly messages: number; readonly digest: string }
  | { readonly type: "passed"; readonly microseconds: number }
  | { readonly type: "bytes"; readonly bytes: number };

const implementation = process.argv[2] as string;
const preparations = { decode: prepareDecode, encode: prepareEncode, handshake: prepareHandshake };
let prepared: PreparedTask | undefined;

/** Passes before the first that counts, until the code is compiled. */
const warmUpPasses = 4;

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
      return prepare(request.task);
    case "pass":
      return { type: "passed", microseconds: await ready().pass() };
    case "garbage":
      return { type: "bytes", bytes: ready().garbage?.() ?? Number.NaN };
    case "held":
      return { type: "bytes", bytes: heldByFragments(implementation) };
    default:
      return request satisfies never;
  }
}

async function prepare(task: Task): Promise<Response> {
  prepared = await preparations[task.direction](task, implementation);
  const digest = prepared.verify();
  for (let pass = 0; pass < warmUpPasses; pass++) await prepared.pass();
  return { type: "prepared", messages: prepared.messages, digest };
}

function ready(): PreparedTask {
  if (prepared === undefined) throw new Error("Nothing was prepared.");
  return prepared;
}
