/** Node's Buffer is a Uint8Array whose `slice` does not copy. */
import { Connection, plainAgreement } from "@hybi/core";
import { describe, expect, it } from "vitest";

describe("a chunk that is a Buffer", () => {
  it("is delivered as plain arrays, whole or in parts", () => {
    const frames = Buffer.from([0x82, 0x80 + 70, 0, 0, 0, 0, ...new Uint8Array(70), 0x89, 0x81, 0, 0, 0, 0, 7]);
    for (const delivery of ["messages", "pieces"] as const) {
      const connection = new Connection(plainAgreement("server"), { delivery });
      for (const event of connection.receive(Buffer.from(frames))) {
        const bytes = event.type === "ping" ? event.payload : (event as { data: Uint8Array }).data;
        expect(bytes.constructor).toBe(Uint8Array);
      }
    }
  });
});

describe("a control frame whose payload is a Buffer", () => {
  it("is unaffected by changes to the Buffer after sendPing has returned [F12]", () => {
    const connection = new Connection(plainAgreement("server"));
    const payload = Buffer.from("abc");
    connection.sendPing(payload);
    payload.fill(0);
    expect(connection.takeOutput()).toEqual([Uint8Array.of(0x89, 3, 0x61, 0x62, 0x63)]);
  });
});
