/** `@hybi/conformance`: the requirements of the RFCs as test cases that can be run against any WebSocket endpoint. */

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
} from "./suite/case.ts";
export { conformanceCases, conformanceChapters, type Selection, selectCases } from "./suite/cases/all.ts";
export type { Patience } from "./suite/drive/conversation.ts";
export type { DeflateWish } from "./suite/drive/deflate.ts";
export type { InProcessSubject, SubjectEvent } from "./suite/drive/in-process-wire.ts";
export type { Passage } from "./suite/drive/transcript.ts";
export { testInProcess } from "./suite/in-process.ts";
// Results and reports.
export type { Judgement, Verdict } from "./suite/judge.ts";
export type { Payload } from "./suite/payload.ts";
export { formatHtml } from "./suite/report/html.ts";
export { formatJson } from "./suite/report/json.ts";
export { passes, type Report, tallyOf } from "./suite/report/report.ts";
export { formatText, type TextOptions } from "./suite/report/text.ts";
export { formatTranscript } from "./suite/report/transcript-text.ts";
export type { RunOptions } from "./suite/run.ts";
export type { CaseResult } from "./suite/run-case.ts";
export { type ClientTester, type ListenForClientsOptions, listenForClients } from "./suite/run-client.ts";
// Runners: against a server, against clients, and against an endpoint in the same process.
export { testServer } from "./suite/run-server.ts";
