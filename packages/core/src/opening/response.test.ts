import { describe, expect, it } from "vitest";
import { encodeResponseHead } from "../http/head-encoder.ts";
import type { OpeningRequest } from "./request.ts";
import { type AcceptedOpening, answerOpeningRequest, encodeAcceptedHead, type OpeningAnswer } from "./response.ts";

/** The response to a request with `key` that offers the subprotocols chat and v2. */
function answer(key: string, given?: OpeningAnswer, sha1?: () => Uint8Array): AcceptedOpening {
  const request: OpeningRequest = {
    bootstrap: "upgrade",
    resourceName: "/",
    authority: "a",
    origin: undefined,
    subprotocols: ["chat", "v2"],
    extensionOffers: [],
    fields: [],
    key,
    tolerated: [],
  };
  return answerOpeningRequest(request, given, sha1);
}

const sampleKey = "dGhlIHNhbXBsZSBub25jZQ==";
const otherKey = "AQIDBAUGBwgJCgsMDQ4PEA==";

describe("encodeAcceptedHead", () => {
  it("never changes a response already written: each client gets the proof for its own key [H09]", () => {
    const heads = [sampleKey, otherKey, sampleKey].map((key) => answer(key).head);
    const written = heads.map(encodeAcceptedHead);
    expect(written).toEqual(heads.map(encodeResponseHead));
    expect(written[0]).not.toEqual(written[1]);
  });

  it("writes every response as encodeResponseHead does, the common one and others [H09] [H24]", () => {
    for (const { head } of [
      answer(sampleKey),
      answer(sampleKey, { subprotocol: "v2" }),
      answer(sampleKey, { fields: [["Set-Cookie", "a=1"]] }),
      answer(sampleKey, {}, () => new Uint8Array(2)),
      answer(sampleKey, {}, () => new Uint8Array(32)),
    ]) {
      expect(encodeAcceptedHead(head)).toEqual(encodeResponseHead(head));
    }
  });
});

describe("answerOpeningRequest", () => {
  it.each(["Chat", "chat, v2", "", "v1"])(
    "throws for the subprotocol %j, which was not offered [H11]",
    (subprotocol) => {
      expect(() => answer(sampleKey, { subprotocol })).toThrow(
        expect.objectContaining({
          code: "opening/subprotocol-not-offered",
          message: expect.stringMatching(new RegExp(` It was "${subprotocol}"\\.$`)),
        }),
      );
    },
  );
});
