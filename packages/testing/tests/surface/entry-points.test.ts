import * as testing from "@hybi/testing";
import * as adapterContract from "@hybi/testing/adapter-contract";
import { expect, it } from "vitest";

it("the public names of @hybi/testing are these", () => {
  expect(Object.keys(testing).sort()).toMatchInlineSnapshot(`
    [
      "Link",
      "Party",
      "ScriptedPeer",
      "Simulation",
      "Transcript",
      "VirtualClock",
      "anyFrame",
      "illegalClosePayload",
      "illegalRequestHead",
      "illegalUtf8",
      "byteByByte",
      "bytesText",
      "chunking",
      "closeCommand",
      "closeContent",
      "closePayload",
      "command",
      "concat",
      "controlCommand",
      "controlFrame",
      "controlPayload",
      "cut",
      "eventTexts",
      "fieldValue",
      "fragmentation",
      "fragments",
      "illegalFrame",
      "illegalStream",
      "inOneChunk",
      "isolated",
      "joinedFragments",
      "maskingKeyOf",
      "latin1",
      "legalStream",
      "link",
      "marginsAreWhole",
      "maskingKey",
      "message",
      "messageCommand",
      "messageFrames",
      "pattern",
      "payload",
      "peerOf",
      "perform",
      "requestHead",
      "responseHead",
      "sampleAccept",
      "sampleKey",
      "sampleRandom",
      "tell",
      "text",
      "token",
      "turningExtension",
      "turns",
      "illegalStatusCode",
      "utf8",
    ]
  `);
});

it("the public names of @hybi/testing/adapter-contract are these", () => {
  expect(Object.keys(adapterContract).sort()).toEqual(["adapterContract", "selfSigned"]);
});
