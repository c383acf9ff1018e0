import * as conformance from "@hybi/conformance";
import * as hostile from "@hybi/conformance/hostile";
import * as inspect from "@hybi/conformance/inspect";
import { expect, it } from "vitest";

it("the public names of @hybi/conformance are these", () => {
  expect(Object.keys(conformance).sort()).toEqual([
    ...["conformanceCases", "conformanceChapters", "formatHtml", "formatJson", "formatText", "formatTranscript"],
    ...["listenForClients", "passes", "selectCases", "tallyOf", "testInProcess", "testServer"],
  ]);
});

it("the public names of @hybi/conformance/inspect are these", () => {
  expect(Object.keys(inspect).sort()).toEqual(["WireDump", "readDump"]);
});

it("the public names of @hybi/conformance/hostile are these", () => {
  expect(Object.keys(hostile).sort()).toEqual([
    ...["attackKinds", "attackersArgument", "formatCriteria", "formatKinds", "formatServers", "isLoopback"],
    ...["judgeHostile", "measureUnderAttack", "readTarget", "selectKinds", "serveAttack"],
  ]);
});
