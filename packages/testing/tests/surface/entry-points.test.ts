import * as testing from "@hybi/testing";
import * as adapterContract from "@hybi/testing/adapter-contract";
import * as attacks from "@hybi/testing/attacks";
import * as wire from "@hybi/testing/wire";
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
      "arb",
      "byteByByte",
      "closePayload",
      "closingModel",
      "closingSetup",
      "concatBytes",
      "conversationScript",
      "cutEvery",
      "cutIntoChunks",
      "cutIntoFragments",
      "deliverBytes",
      "describeBytes",
      "displaceBytes",
      "formatEvents",
      "formatHex",
      "formatJoinedEvents",
      "frameFrom",
      "framesFrom",
      "hasIntactMargins",
      "hexBytes",
      "illegalFrameCodes",
      "inOneChunk",
      "isolateBytes",
      "latin1Bytes",
      "latin1Text",
      "messageFrames",
      "outlineFrames",
      "parseTranscript",
      "patternBytes",
      "peerRole",
      "performCommand",
      "readFrames",
      "replay",
      "requestText",
      "responseText",
      "roles",
      "sameBytes",
      "sampleAccept",
      "sampleKey",
      "sampleMaskingKey",
      "sampleRandom",
      "scaledRuns",
      "simulate",
      "statusCodeIn",
      "turningExtension",
      "utf8Bytes",
      "withTranscript",
    ]
  `);
});

it("the arbitraries of @hybi/testing are these", () => {
  expect(Object.keys(testing.arb).sort()).toMatchInlineSnapshot(`
    [
      "anyFrame",
      "chunking",
      "closeCommand",
      "closeContent",
      "closingCommands",
      "command",
      "controlCommand",
      "controlFrame",
      "controlPayload",
      "conversation",
      "extensionList",
      "fieldValue",
      "fragmentation",
      "illegalClosePayload",
      "illegalExtensionList",
      "illegalFrame",
      "illegalRequestHead",
      "illegalResponseHead",
      "illegalStatusCode",
      "illegalStream",
      "illegalUtf8",
      "legalFrame",
      "legalStream",
      "link",
      "maskingKey",
      "maskingKeyOf",
      "message",
      "messageCommand",
      "payload",
      "requestHead",
      "responseHead",
      "script",
      "statusCode",
      "text",
      "token",
      "turns",
    ]
  `);
});

it("the root of @hybi/testing exports all of @hybi/testing/wire, whose names are these", () => {
  expect(Object.keys(wire).sort()).toMatchInlineSnapshot(`
    [
      "byteByByte",
      "closePayload",
      "concatBytes",
      "cutEvery",
      "cutIntoChunks",
      "cutIntoFragments",
      "describeBytes",
      "displaceBytes",
      "formatHex",
      "frameFrom",
      "framesFrom",
      "hasIntactMargins",
      "hexBytes",
      "inOneChunk",
      "isolateBytes",
      "latin1Bytes",
      "latin1Text",
      "messageFrames",
      "outlineFrames",
      "patternBytes",
      "peerRole",
      "readFrames",
      "requestText",
      "responseText",
      "roles",
      "sameBytes",
      "sampleAccept",
      "sampleKey",
      "sampleMaskingKey",
      "sampleRandom",
      "statusCodeIn",
      "utf8Bytes",
    ]
  `);
  expect(testing).toMatchObject(wire);
});

it("the public names of @hybi/testing/adapter-contract are these", () => {
  expect(Object.keys(adapterContract).sort()).toEqual(["adapterContract", "selfSigned"]);
});

it("the public names of @hybi/testing/attacks are these", () => {
  expect(Object.keys(attacks).sort()).toEqual(["attackKinds", "selectKinds"]);
});
