/**
 * `@hybi/conformance/hostile`: attacks any server with many hostile clients, and measures the effect on innocent clients of
 * that server.
 */

export { type AttackAim, type AttackKind, attackKinds, selectKinds } from "@hybi/testing/attacks";
export type { AttackTallies } from "./attack.ts";
export { attackersArgument, serveAttack } from "./attack-processes.ts";
export type { AttackTally, AttackTarget } from "./attacker.ts";
export { type Criterion, judgeHostile, type Yardstick } from "./criteria.ts";
export type { CrowdFigures, LateTally } from "./crowd.ts";
export type { LatencySummary } from "./latencies.ts";
export { type Course, type HostileOptions, type HostileReport, measureUnderAttack } from "./measure.ts";
export { formatCriteria, formatKinds, formatServers, type HostileRow, type TableOptions } from "./report-text.ts";
export { isLoopback, readTarget } from "./target.ts";
