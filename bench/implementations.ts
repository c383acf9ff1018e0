/** The implementations that are compared, each in a process of its own. Ratios are relative to the first one. */

export interface Implementation {
  readonly name: string;
  readonly title: string;
  /** Environment of its process: `ws` looks for its native addon when it is loaded. */
  readonly environment: Readonly<Record<string, string>>;
}

const withoutNatives = { WS_NO_BUFFER_UTIL: "1", WS_NO_UTF_8_VALIDATE: "1" };

export const implementations: readonly Implementation[] = [
  { name: "ws", title: "ws", environment: withoutNatives },
  // Where node:buffer can validate UTF-8, `ws` uses that; utf-8-validate is for older versions of Node.
  { name: "ws-native", title: "ws + bufferutil", environment: { WS_NO_UTF_8_VALIDATE: "1" } },
  { name: "hybi", title: "hybi", environment: {} },
  { name: "hybi-sink", title: "hybi, sink", environment: {} },
  { name: "hybi-host", title: "hybi + Node", environment: {} },
  { name: "hybi-host-sink", title: "hybi + Node, sink", environment: {} },
];

/** The least program, which has no codec apart from its connection: compared where messages go to a socket. */
export const bareImplementation: Implementation = { name: "bare", title: "bare", environment: {} };
