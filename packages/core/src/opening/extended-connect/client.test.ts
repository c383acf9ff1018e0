import { describe, expect, it } from "vitest";
import { checkExtendedConnectResponse, openExtendedConnect } from "./client.ts";

const { sent } = openExtendedConnect({ authority: "a", subprotocols: ["chat"] }, 1);

describe("checkExtendedConnectResponse", () => {
  it.each(["2000", "1200", "20", "20x", "x200", "0200", "", "+200"])(
    "treats only three digits from 200 on as success, and not %j [B04]",
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

  it("requires a subprotocol from the server when requireSubprotocol is set [C06]", () => {
    const strict = openExtendedConnect({ authority: "a", subprotocols: ["chat"], requireSubprotocol: true }, 1);
    expect(checkExtendedConnectResponse([[":status", "200"]], sent)).toMatchObject({ type: "agreement" });
    expect(checkExtendedConnectResponse([[":status", "200"]], strict.sent)).toMatchObject({
      violation: { code: "opening/subprotocol-missing" },
    });
  });
});
