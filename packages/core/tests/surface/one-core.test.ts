/** Core's tests use `@hybi/testing`, which uses core, so both must resolve to the same module. */
import { Connection, plainAgreement, UsageError } from "@hybi/core";
import { performCommand } from "@hybi/testing";
import { expect, it } from "vitest";
import { UsageError as SourceUsageError } from "../../src/checks/usage-error.ts";

it("core, the core of @hybi/testing and the sources imported by path are the same modules", () => {
  const server = new Connection(plainAgreement("server"));
  server.sendClose();
  const refused = performCommand(server, { type: "ping", payload: new Uint8Array(0) });
  expect(refused).toBeInstanceOf(UsageError);
  expect(refused).toBeInstanceOf(SourceUsageError);
});
