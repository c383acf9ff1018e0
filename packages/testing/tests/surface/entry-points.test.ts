import * as testing from "@hybi/testing";
import * as adapterContract from "@hybi/testing/adapter-contract";
import * as attacks from "@hybi/testing/attacks";
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
      "byteByByte",
      "bytesText",
      "chunking",
      "closeCommand",
      "closeContent",
      "closePayload",
      "closingCommands",
      "closingModel",
      "closingSetup",
      "command",
      "concat",
      "controlCommand",
      "controlFrame",
      "controlPayload",
      "conversation",
      "conversationScript",
      "cut",
      "deliver",
      "eventTexts",
      "extensionList",
      "fieldValue",
      "fragmentation",
      "fragments",
      "illegalClosePayload",
      "illegalExtensionList",
      "illegalFrame",
      "illegalFrameCodes",
      "illegalRequestHead",
      "illegalResponseHead",
      "illegalStatusCode",
      "illegalStream",
      "illegalUtf8",
      "inOneChunk",
      "isolated",
      "joinedFragments",
      "latin1",
      "legalFrame",
      "legalStream",
      "link",
      "marginsAreWhole",
      "maskingKey",
      "maskingKeyOf",
      "message",
      "messageCommand",
      "messageFrames",
      "parseTranscript",
      "pattern",
      "payload",
      "peerOf",
      "perform",
      "readFrames",
      "replay",
      "requestHead",
      "responseHead",
      "runs",
      "sampleAccept",
      "sampleKey",
      "sampleRandom",
      "script",
      "simulate",
      "statusCode",
      "tell",
      "text",
      "token",
      "turningExtension",
      "turns",
      "utf8",
    ]
  `);
});

it("the public names of @hybi/testing/adapter-contract are these", () => {
  expect(Object.keys(adapterContract).sort()).toEqual(["adapterContract", "selfSigned"]);
});

it("the public names of @hybi/testing/attacks are these", () => {
  expect(Object.keys(attacks).sort()).toEqual(["attackKinds", "selectKinds"]);
});
