import { latin1Bytes, requestText } from "@hybi/testing/wire";

/** The opening request of a hand-written client. */
export function clientRequest(target: string): Uint8Array {
  return latin1Bytes(requestText({ Host: "example.com" }, `GET ${target} HTTP/1.1`));
}
