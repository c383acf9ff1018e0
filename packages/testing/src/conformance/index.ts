/** `@hybi/testing/conformance`: the requirements of the RFCs as test cases that can be run against any WebSocket endpoint. */

// The cases, as data.
export type {
  Alternative,
  Answer,
  Chapter,
  ConformanceCase,
  Ending,
  Expectation,
  FrameSpec,
  MessageSpec,
  OpeningOutcome,
  OpeningPlan,
  Piece,
  RawBytes,
  Severity,
  Step,
} from "./case.ts";
export { conformanceCases, conformanceChapters, type Selection, selectCases } from "./cases/all.ts";
export type { Patience } from "./drive/conversation.ts";
export type { DeflateWish } from "./drive/deflate.ts";
export type { InProcessSubject, SubjectEvent } from "./drive/in-process-wire.ts";
export type { Passage } from "./drive/transcript.ts";
export { testInProcess } from "./in-process.ts";
// Results and reports.
export type { Judgement, Verdict } from "./judge.ts";
export type { Payload } from "./payload.ts";
export { formatHtml } from "./report/html.ts";
export { formatJson } from "./report/json.ts";
export { passes, type Report, tallyOf } from "./report/report.ts";
export { formatText, type TextOptions } from "./report/text.ts";
export { formatTranscript } from "./report/transcript-text.ts";
export type { RunOptions } from "./run.ts";
export type { CaseResult } from "./run-case.ts";
export { type ClientTester, type ListenForClientsOptions, listenForClients } from "./run-client.ts";
// Runners: against a server, against clients, and against an endpoint in the same process.
export { testServer } from "./run-server.ts";
