/**
 * The folders of core that are mutated, and the tests expected to detect the mutants of each: its unit tests, those of the
 * requirements it implements, and the fast property tests. Running all tests would detect a few more and take ten times
 * as long.
 */
export const folders: Readonly<Record<string, readonly string[]>> = {
  frame: [
    "src/{connection,frame/*}.test.ts",
    "tests/spec/rfc6455-{framing,close-frame,failing,lengths,masking,control-frames,messages,extensions-receiving}.test.ts",
    "tests/properties/{chunking,robustness}.test.ts",
  ],
  closing: [
    "src/{connection,endpoint,closing/*}.test.ts",
    "tests/spec/rfc6455-{closing,close-frame,closing-messages,failing}.test.ts",
    "tests/properties/closing-model.test.ts",
  ],
  receiving: [
    "src/{connection,receiving/*}.test.ts",
    "tests/spec/rfc6455-{messages,message-limits,control-frames,closing-messages}.test.ts",
    "tests/spec/rfc6455-extensions{,-receiving}.test.ts",
    "tests/properties/{limits,round-trip,chunking,ownership}.test.ts",
  ],
  sending: [
    "src/{connection,sending/*}.test.ts",
    "tests/spec/rfc6455-{messages,sending,scheduling,output,control-frames,closing-messages}.test.ts",
    "tests/spec/rfc6455-extensions{,-sending}.test.ts",
    "tests/properties/{sending,round-trip,ownership}.test.ts",
  ],
  http: [
    "src/{endpoint,http/*}.test.ts",
    "tests/spec/{rfc9112,rfc6455-opening-client,rfc6455-opening-server}.test.ts",
    "tests/properties/grammar.test.ts",
  ],
  opening: [
    "src/{endpoint,opening/**/*,policy/*}.test.ts",
    "tests/spec/{rfc6455-opening-client,rfc6455-opening-server,rfc6455-extension-negotiation,rfc8441,rfc9220}.test.ts",
    "tests/properties/grammar.test.ts",
    "tests/scenarios/{opening,parsed-head,streams-of-http}.test.ts",
  ],
};
