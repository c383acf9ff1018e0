/** RFC 9220: the Extended CONNECT of RFC 8441 over HTTP/3. The field lists are the same; these tests cover the differences. */
import { describe, expect, it } from "vitest";
import type { Fields } from "../../src/http/fields.ts";
import { connectProtocolSetting, openExtendedConnect } from "../../src/opening/extended-connect/client.ts";
import { checkExtendedConnect, rejectExtendedConnect } from "../../src/opening/extended-connect/server.ts";
import { rejectionFor } from "../../src/opening/rejection.ts";

const request = (protocol: string): Fields => [
  [":method", "CONNECT"],
  [":protocol", protocol],
  [":scheme", "https"],
  [":authority", "server.example.com"],
  [":path", "/chat"],
  ["sec-websocket-version", "13"],
];

describe("RFC 9220 §3", () => {
  it.each(["webtransport", "connect-udp", "WebSocket", ""])(
    "the server rejects the :protocol %j with 501 [B11]",
    (protocol) => {
      const check = checkExtendedConnect(request(protocol));
      expect(check).toMatchObject({
        type: "violation",
        violation: { code: "opening/protocol-unsupported", httpStatus: 501 },
      });
      expect(check.type === "violation" && rejectExtendedConnect(rejectionFor(check.violation)).status).toBe(501);
      expect(checkExtendedConnect(request("websocket")).type).toBe("request");
    },
  );

  it("the setting is 0x08, as in HTTP/2, and the client assumes nothing before it has arrived [B12]", () => {
    expect(connectProtocolSetting).toBe(0x08);
    expect(() => openExtendedConnect({ url: "wss://server.example.com" }, undefined)).toThrow();
    expect(openExtendedConnect({ url: "wss://server.example.com" }, 1).fields).toContainEqual([
      ":protocol",
      "websocket",
    ]);
  });
});
