/** Node's Buffer is a Uint8Array whose `slice` does not copy. */
import { Connection, plainAgreement } from "@hybi/core";
import { describe, expect, it } from "vitest";

describe("the payload of a control frame that is a Buffer", () => {
  it("can be changed by the application as soon as sendPing has returned [F12]", () => {
    const connection = new Connection(plainAgreement("server"));
    const payload = Buffer.from("abc");
    connection.sendPing(payload);
    payload.fill(0);
    expect(connection.takeOutput()).toEqual([Uint8Array.of(0x89, 3, 0x61, 0x62, 0x63)]);
  });
});
