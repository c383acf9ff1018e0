/** Core's tests use `@hybi/testing`, which uses core: the two must mean the same one. */
import { Connection, plainAgreement, UsageError } from "@hybi/core";
import { perform } from "@hybi/testing";
import { expect, it } from "vitest";
import { UsageError as SourceUsageError } from "../../src/usage-error.ts";

it("core, the core of @hybi/testing and the sources that tests import by path are one", () => {
  const server = new Connection(plainAgreement("server"));
  server.sendClose();
  const refused = perform(server, { type: "ping", payload: new Uint8Array(0) });
  expect(refused).toBeInstanceOf(UsageError);
  expect(refused).toBeInstanceOf(SourceUsageError);
});
