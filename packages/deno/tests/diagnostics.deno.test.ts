/** The channels of node:diagnostics_channel, in this runtime. */
import { connect, listen } from "@hybi/deno";
import { expect, it } from "vitest";
import { converse, expected } from "../../websocket/tests/support/throwing-subscriber.ts";

it("the channels are those of the runtime, which reports a subscriber that throws, and no connection is harmed", async () => {
  const { uncaught, ...outcome } = await converse({ connect, listen });
  expect(outcome).toEqual(expected);
  expect(uncaught).toHaveLength(9);
  expect(uncaught.every((message) => message.startsWith("subscriber of hybi:"))).toBe(true);
});
