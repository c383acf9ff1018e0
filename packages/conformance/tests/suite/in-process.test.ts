/** Our own endpoints, tested with the cases. */

import { formatText, passes, testInProcess } from "@hybi/conformance";
import { Endpoint } from "@hybi/core";
import { permessageDeflate } from "@hybi/permessage-deflate";
import { describe, expect, it } from "vitest";

const random = (target: Uint8Array): Uint8Array => crypto.getRandomValues(target as Uint8Array<ArrayBuffer>);
const create = {
  server: () => Endpoint.server({ extensions: [permessageDeflate()] }),
  client: () => Endpoint.client({ url: "ws://example.com/", random, extensions: [permessageDeflate()] }),
};
/** Cases that take long and do not concern the protocol. */
const except = ["9", "12", "13.*.1?", "13.*.1?c", "1.1.12", "1.1.14", "1.2.14"];
/**
 * Cases whose echo comes too late: in process, an application echoes once a whole chunk was read, which is after a violation
 * or a Close frame in the same chunk.
 */
const lateEcho = ["3.2", "4.1.3", "4.1.4", "4.2.3", "4.2.4", "5.15", "7.1.1", "8.1.14", "8.1.16"];

describe.each(["server", "client"] as const)("Endpoint.%s", (role) => {
  it("conforms to the RFCs", { timeout: 120_000 }, async () => {
    const report = await testInProcess(role, "our endpoint", create[role], { except });
    expect(report.results.length).toBeGreaterThan(400);
    expect(passes(report) ? "" : formatText(report)).toBe("");
    const nonStrict = report.results.filter(({ verdict }) => verdict === "non-strict").map(({ id }) => id);
    expect(nonStrict).toEqual(lateEcho);
    expect(report.results.filter(({ verdict }) => verdict === "unsupported")).toEqual([]);
  });
});
