/** What is compared, each in a process of its own. The first is what the others are a ratio to. */

export interface Implementation {
  readonly name: string;
  readonly title: string;
  /** Set for its process: `ws` looks for its native addon when it is loaded. */
  readonly environment: Readonly<Record<string, string>>;
}

const withoutNatives = { WS_NO_BUFFER_UTIL: "1", WS_NO_UTF_8_VALIDATE: "1" };

export const implementations: readonly Implementation[] = [
  { name: "ws", title: "ws", environment: withoutNatives },
  // Its validation of UTF-8 is that of node:buffer where Node has it; the addon for that is for older ones.
  { name: "ws-native", title: "ws + bufferutil", environment: { WS_NO_UTF_8_VALIDATE: "1" } },
  { name: "hybi", title: "hybi", environment: {} },
  { name: "hybi-sink", title: "hybi, sink", environment: {} },
  { name: "hybi-host", title: "hybi + Node", environment: {} },
  { name: "hybi-host-sink", title: "hybi + Node, sink", environment: {} },
];
