import { describe, expect, it } from "vitest";
import { checkExtendedConnectResponse, openExtendedConnect } from "./extended-connect-client.ts";

const { sent } = openExtendedConnect({ authority: "a", subprotocols: ["chat"] }, 1);

describe("checkExtendedConnectResponse", () => {
  it.each(["2000", "1200", "20", "20x", "x200", "0200", "", "+200"])(
    "takes no status but three digits from 200 on for success: %j is none [B04]",
    (status) => {
      expect(checkExtendedConnectResponse([[":status", status]], sent)).toEqual({ type: "rejection" });
    },
  );

  it.each([
    ["opening/pseudo-field-repeated", [[":status", "200"] as const, [":status", "403"] as const]],
    ["opening/pseudo-field-unexpected", [[":status", "200"] as const, [":path", "/"] as const]],
    ["opening/pseudo-field-missing", [["x", "y"] as const]],
    ["opening/field-connection-specific", [[":status", "200"] as const, ["upgrade", "websocket"] as const]],
  ])("fails for %s [B10]", (code, list) => {
    expect(checkExtendedConnectResponse(list, sent)).toMatchObject({
      type: "violation",
      violation: { code, offset: 0 },
    });
  });

  it("holds the server to the subprotocol where it must choose one [C06]", () => {
    const strict = openExtendedConnect({ authority: "a", subprotocols: ["chat"], requireSubprotocol: true }, 1);
    expect(checkExtendedConnectResponse([[":status", "200"]], sent)).toMatchObject({ type: "agreement" });
    expect(checkExtendedConnectResponse([[":status", "200"]], strict.sent)).toMatchObject({
      violation: { code: "opening/subprotocol-missing" },
    });
  });
});
