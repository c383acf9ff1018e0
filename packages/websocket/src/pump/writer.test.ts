import { Endpoint, plainAgreement } from "@hybi/core";
import { expect, it } from "vitest";
import type { Transport } from "../transport/transport.ts";
import { PumpWriter } from "./writer.ts";

function setUp() {
  const endpoint = Endpoint.fromAgreement(plainAgreement("server"));
  let written = 0;
  const write = (chunks: readonly Uint8Array[]): void => {
    for (const { length } of chunks) written += length;
  };
  const writer = new PumpWriter(endpoint, { write } as Partial<Transport> as Transport, 100_000);
  return { endpoint, writer, held: () => endpoint.outputLength + writer.heldLength, written: () => written };
}

it("counts a large array until its last part has left [A18]", () => {
  const { endpoint, writer, held, written } = setUp();
  endpoint.sendBinary(new Uint8Array(1_000_000));
  writer.write();
  let writes = 0;
  while (endpoint.outputLength > 0) {
    expect(held()).toBeGreaterThanOrEqual(1_000_000);
    expect(held()).toBeLessThan(1_010_000);
    writer.drained();
    writer.write();
    writes++;
  }
  expect(writes).toBeGreaterThan(8);
  expect(written()).toBeGreaterThan(1_000_000);
  expect(held()).toBeGreaterThanOrEqual(1_000_000);
  writer.drained();
  expect(held()).toBe(0);
});

it("does not count a large array that has left while others wait [A18]", () => {
  const { endpoint, writer, held } = setUp();
  for (const length of [150_000, 90_000, 150_000]) endpoint.sendBinary(new Uint8Array(length));
  const all = held();
  writer.write();
  const course = [];
  while (endpoint.outputLength > 0) {
    course.push(Math.round(held() / 10_000));
    writer.drained();
    writer.write();
  }
  expect(all).toBeGreaterThan(390_000);
  // The first array is held until the write that contains its end has been confirmed.
  expect(course).toEqual([39, 39, 24]);
});
