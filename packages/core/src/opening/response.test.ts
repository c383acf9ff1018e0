import { describe, expect, it } from "vitest";
import { encodeResponseHead } from "../http/head-encoder.ts";
import { plainAgreement } from "../vocabulary/agreement.ts";
import type { OpeningRequest } from "./request.ts";
import { type AcceptedOpening, answerOpeningRequest, encodeAnswer, type OpeningAnswer } from "./response.ts";

/** The response to a request with `key` that offers the subprotocols chat and v2, as a head. */
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

describe("encodeAnswer", () => {
  it("never changes a response already written: each client gets the proof for its own key [H09]", () => {
    const keys = [sampleKey, otherKey, sampleKey];
    const written = keys.map((key) => encodeAnswer(key, answer(key).agreement, {}));
    expect(written).toEqual(keys.map((key) => encodeResponseHead(answer(key).head)));
    expect(written[0]).not.toEqual(written[1]);
  });

  it("writes every response as encodeResponseHead does, the common one and others [H09] [H24]", () => {
    const answers: readonly OpeningAnswer[] = [
      {},
      { subprotocol: "v2" },
      { fields: [] },
      { fields: [["Set-Cookie", "a=1"]] },
    ];
    const digests = [undefined, () => new Uint8Array(2), () => new Uint8Array(32)];
    for (const given of answers) {
      for (const sha1 of digests) {
        const { head, agreement } = answer(sampleKey, given, sha1);
        expect(encodeAnswer(sampleKey, agreement, given, sha1)).toEqual(encodeResponseHead(head));
      }
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

describe("agree", () => {
  it("makes no agreement of its own for connections that agree on nothing in particular, and lets nobody change the one", () => {
    const { agreement } = answer(sampleKey);
    expect(answer(otherKey).agreement).toBe(agreement);
    expect(agreement).toEqual(plainAgreement("server"));
    expect(Object.isFrozen(agreement)).toBe(true);
    expect(answer(sampleKey, { subprotocol: "v2" }).agreement).not.toBe(agreement);
  });
});
