/** The flags of the echo servers, in any runtime. */
import { parseArgs } from "node:util";
import { permessageDeflate } from "@hybi/permessage-deflate/zlib";
import { selfSigned } from "@hybi/testing/adapter-contract";
import type { EchoOptions } from "./echo.ts";

/** Parses `args`. */
export async function readFlags(args: readonly string[]): Promise<EchoOptions> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: "string", default: "0" },
      deflate: { type: "boolean", default: false },
      tls: { type: "boolean", default: false },
      "max-message": { type: "string", default: String(64 * 1_048_576) },
    },
  });
  return {
    port: Number(values.port),
    tls: values.tls ? await selfSigned() : undefined,
    maxMessage: Number(values["max-message"]),
    extensions: values.deflate ? [permessageDeflate()] : [],
  };
}

/** Prints where the server listens. */
export function announce({ tls }: EchoOptions, port: number): void {
  console.log(`listening on ${tls === undefined ? "ws" : "wss"}://127.0.0.1:${port}`);
}
