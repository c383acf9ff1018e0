import { closePayload as expectedPayload, hexBytes, utf8Bytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { usageErrorOf } from "../../tests/support/connections.ts";
import { closePayload, formatClosePayload, maxReasonLength, parseClosePayload, replyPayload } from "./close-payload.ts";

describe("parseClosePayload", () => {
  it("returns code and reason, and neither for an empty payload [X06]", () => {
    expect(parseClosePayload(expectedPayload(1001, "bye é"))).toEqual({ statusCode: 1001, reason: "bye é" });
    expect(parseClosePayload(expectedPayload(4999))).toEqual({ statusCode: 4999, reason: "" });
    expect(parseClosePayload(hexBytes(""))).toEqual({ statusCode: undefined, reason: "" });
  });

  it.each([
    ["03", "close/payload-truncated"],
    ["03ed", "close/status-code"],
    ["0000 61", "close/status-code"],
    ["03e8 ff", "close/reason-utf8"],
    ["03e8 e282", "close/reason-utf8"],
    ["03ed ff", "close/status-code"],
  ])("returns the violation in %s: %s [X01] [X02] [X03]", (hex, code) => {
    expect(parseClosePayload(hexBytes(hex))).toBe(code);
  });
});

describe("formatClosePayload", () => {
  it("is the inverse of parseClosePayload, for up to 123 bytes of reason [X04]", () => {
    for (const reason of ["", "bye", "é€𝄞", "x".repeat(maxReasonLength)]) {
      const payload = formatClosePayload("client", 3000, reason);
      expect(payload).toEqual(expectedPayload(3000, reason));
      expect(parseClosePayload(payload)).toEqual({ statusCode: 3000, reason });
    }
    expect(formatClosePayload("server", undefined, "")).toHaveLength(0);
  });

  it("throws for codes and reasons that must not be sent [X04] [X05] [X18] [X25]", () => {
    expect(usageErrorOf(() => formatClosePayload("client", 1005, ""))).toBe("close/status-code");
    expect(usageErrorOf(() => formatClosePayload("server", 1010, ""))).toBe("close/client-only");
    expect(usageErrorOf(() => formatClosePayload("client", undefined, "x"))).toBe("close/reason-without-code");
    expect(usageErrorOf(() => formatClosePayload("client", 1000, "x".repeat(124)))).toBe("close/reason-too-long");
    expect(usageErrorOf(() => formatClosePayload("client", 1000, "é".repeat(62)))).toBe("close/reason-too-long");
    expect(formatClosePayload("client", 1010, "a, b")).toEqual(expectedPayload(1010, "a, b"));
  });

  it("names the rejected status code, and rejects a reason that is not a string with or without a code", () => {
    expect(() => formatClosePayload("client", 1006, "")).toThrow("It was 1006.");
    for (const reason of [null, 5, utf8Bytes("bye")]) {
      const given = reason as unknown as string;
      expect(usageErrorOf(() => formatClosePayload("client", 1000, given))).toBe("send/data-type");
      expect(usageErrorOf(() => formatClosePayload("server", undefined, given))).toBe("send/data-type");
    }
  });

  it("does not encode a reason that already has too many chars", () => {
    const host = {
      encodeUtf8: (): number => {
        throw new Error("not needed");
      },
    };
    expect(usageErrorOf(() => formatClosePayload("client", 1000, "é".repeat(124), host))).toBe("close/reason-too-long");
  });
});

describe("replyPayload", () => {
  it("echoes the code without the reason, leaves an empty payload empty, and echoes 1010 as 1000 [X06] [X07] [X18]", () => {
    expect(replyPayload(4000)).toEqual(expectedPayload(4000));
    expect(replyPayload(undefined)).toHaveLength(0);
    expect(replyPayload(1010)).toEqual(expectedPayload(1000));
  });
});

describe("closePayload", () => {
  it("writes the code first, high byte before low byte", () => {
    expect(closePayload(0x1234, utf8Bytes("r"))).toEqual(hexBytes("1234 72"));
    expect(closePayload(1000)).toEqual(hexBytes("03e8"));
  });
});
