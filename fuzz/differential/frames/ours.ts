/** hybi's verdict on a stream of frames. */
import { Connection, type ConnectionOptions, plainAgreement, type Role, type ViolationCode } from "@hybi/core";
import { permessageDeflate } from "@hybi/permessage-deflate";
import { chunksOf, type Stream } from "../stream.ts";
import { binary, close, type OurVerdict, ping, pong, text } from "../verdict.ts";

/** Small enough to be reached. Peers get the same limits, as far as they have them. */
export const limits = { message: 70_000, fragments: 8 } as const;

const random = (target: Uint8Array): unknown => target.fill(7);
const extension = permessageDeflate();
const extensions = [extension];
const compressed = (role: Role) => ({
  ...plainAgreement(role),
  extensions: [{ name: extension.name, parameters: [] }],
});

export function ours(stream: Stream, options: ConnectionOptions = {}): OurVerdict {
  const agreement = stream.deflate ? compressed(stream.role) : plainAgreement(stream.role);
  const connection = new Connection(agreement, { random, limits, extensions, ...options });
  const events: string[] = [];
  let failed: number | undefined;
  let code: ViolationCode | undefined;
  let offset = 0;
  for (const chunk of chunksOf(stream)) {
    for (const event of connection.receive(chunk)) {
      if (failed !== undefined) throw new Error(`${event.type} came after the failure`);
      if (event.type === "text") events.push(text(event.data));
      else if (event.type === "binary") events.push(binary(event.data));
      else if (event.type === "ping") events.push(ping(event.payload));
      else if (event.type === "pong") events.push(pong(event.payload));
      else if (event.type === "close") events.push(close(event.statusCode ?? 1005, event.reason));
      else if (event.type === "failure") {
        failed = event.violation.statusCode;
        ({ code, offset } = event.violation);
      } else throw new Error(`${event.type} was not expected`);
    }
  }
  connection.receiveEnd();
  return { events, failed, code, offset };
}
