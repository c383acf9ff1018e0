/** Checks that the search finds faults that chance alone would not find in the lifetime of the universe. */
import { describe, expect, it } from "vitest";
import { Random } from "../random.ts";
import { Program } from "./program.ts";
import { type Crash, Search, smallestCorpus } from "./search.ts";
import { BrokenLaw } from "./target.ts";

const seed = 6455;

/** Creates a target whose `run` has this body. */
function programOf(body: string, maxLength = 32, seeds = "[]"): Program {
  const work = "{ perByte: 20, fixed: 200 }";
  const code = `exports.target = { maxLength: ${maxLength}, seeds: ${seeds}, work: ${work}, run(bytes) { ${body} } };`;
  return new Program(code, "planted.ts");
}

function find(program: Program, executions: number): Crash | undefined {
  const search = new Search(program, new Random(seed));
  let crash = search.try(new Uint8Array(0));
  while (crash === undefined && search.executions < executions) crash = search.step();
  return crash;
}

const ascii = (data: Uint8Array): string => Buffer.from(data).toString("latin1");

describe("the search finds a fault behind six bytes", () => {
  it("if they are compared one by one", () => {
    const tests = [...Buffer.from("planet")].map((byte, index) => `if (bytes[${index}] === ${byte})`);
    const crash = find(programOf(`${tests.join(" ")} throw new Error("planted");`), 200_000);
    expect(ascii(crash?.data ?? new Uint8Array(0))).toMatch(/^planet/);
    expect(crash?.error).toEqual(new Error("planted"));
  });

  it("if they are compared as a text", () => {
    const text = "String.fromCharCode(...bytes.subarray(1, 7))";
    const crash = find(programOf(`if (${text} === "planet") throw new Error("planted");`), 200_000);
    expect(ascii(crash?.data ?? new Uint8Array(0))).toMatch(/^.planet/s);
  });

  it("if they are compared as numbers", () => {
    const body = `
      if (bytes.length < 6) return;
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      if (view.getUint32(0) === 0x706c616e && view.getUint16(4) === 0x6574) throw new Error("planted");`;
    const crash = find(programOf(body), 400_000);
    expect(ascii(crash?.data ?? new Uint8Array(0))).toMatch(/^planet/);
  });

  it("but not by chance alone", () => {
    // Nothing indicates that one byte was right: no comparison comes closer, and no block is entered.
    const sum = "bytes.length >= 6 && [...bytes.subarray(0, 6)].join() == '112,108,97,110,101,116'";
    expect(find(programOf(`(${sum}) && (() => { throw new Error("planted"); })();`), 50_000)).toBeUndefined();
  });
});

describe("the work", () => {
  it("that is quadratic in the bytes is detected once there are enough of them", () => {
    const crash = find(programOf("for (const a of bytes) for (const b of bytes) if (a > b) continue;", 200), 20_000);
    expect(crash?.error).toBeInstanceOf(BrokenLaw);
    expect(String(crash?.error)).toMatch(/^BrokenLaw: more than \d+ blocks for \d+ bytes$/);
  });

  it.each([
    ["in a loop without a body", "for (;;) ;"],
    ["while a call returns true", "const more = () => true; while (more()) ;"],
    ["in a loop that continues after an error", "for (;;) try { if (bytes.length > 0) throw 1; } catch { continue; }"],
    ["in a loop that catches everything and continues", "for (;;) { try { for (;;) ; } catch { } }"],
    ["in a loop that a finally continues", "for (;;) try { for (;;) ; } finally { continue; }"],
    ["in functions that call each other", "const f = (n) => { while (n === n) g(n); }, g = (n) => { f(n); }; f(1);"],
    ["in a generator", "const all = function* () { for (;;) yield 1; }; for (const each of all()) ;"],
  ])("that does not terminate is stopped, and the input is reported: %s", (_, loop) => {
    const crash = find(programOf(`if (bytes[0] === 0x2a) { ${loop} }`), 50_000);
    expect(ascii(crash?.data ?? new Uint8Array(0))).toMatch(/^\*/);
    expect(crash?.error).toBeInstanceOf(BrokenLaw);
    expect(String(crash?.error)).toMatch(/^BrokenLaw: more than \d+ blocks for \d+ bytes$/);
  });

  it("that was stopped is reported even if the error is swallowed", () => {
    const crash = find(programOf("try { if (bytes[0] === 0x2a) for (;;) ; } finally { return; }"), 50_000);
    expect(String(crash?.error)).toMatch(/^BrokenLaw: more than .* was swallowed$/);
  });

  it("of one run does not count for the next", () => {
    const search = new Search(programOf("for (const each of bytes) for (let i = 0; i < 15; i++) ;"), new Random(seed));
    for (let runs = 0; runs < 100; runs++) expect(search.try(new Uint8Array(32))).toBeUndefined();
  });

  it("that is linear in the bytes is accepted", () => {
    expect(find(programOf("for (const a of bytes) for (let i = 0; i < 8; i++) if (a > i) continue;", 200), 5000)).toBe(
      undefined,
    );
  });
});

describe("the search", () => {
  const body = "if (bytes[0] === 7) if (bytes[1] > 100) if (bytes.length === 9) for (const each of bytes) ;";

  it("creates the same inputs for the same seed", () => {
    const corpora = [seed, seed, seed + 1].map((each) => {
      const search = new Search(programOf(body), new Random(each));
      for (let steps = 0; steps < 2000; steps++) search.step();
      return search.corpus.map(ascii);
    });
    expect(corpora[0]).toEqual(corpora[1]);
    expect(corpora[0]).not.toEqual(corpora[2]);
  });

  it("keeps exactly the inputs that reach something new", () => {
    const search = new Search(programOf("if (bytes[0] > 9) return;"), new Random(seed));
    for (const data of [[], [1], [2], [10], [11]]) search.try(Uint8Array.from(data));
    expect(search.corpus).toEqual([Uint8Array.of(), Uint8Array.of(10)]);
    expect(search.executions).toBe(5);
  });

  it("creates no input longer than the target accepts", () => {
    const search = new Search(programOf("if (bytes.length > 5) throw new Error('too long');", 5), new Random(seed));
    for (let steps = 0; steps < 2000; steps++) expect(search.step()).toBeUndefined();
  });

  it("keeps an input in its state before the target changed it", () => {
    const search = new Search(programOf("if (bytes[0] === 1) throw bytes.fill(9);"), new Random(seed));
    expect(search.try(Uint8Array.of(1, 2))?.data).toEqual(Uint8Array.of(1, 2));
  });

  it("minimizes a corpus without losing features", () => {
    const program = programOf("if (bytes[0] > 8) ; if (bytes.length < 2) ;");
    const search = new Search(program, new Random(seed));
    // The second reaches everything that the first does, and more.
    for (const data of [[9, 9, 9], [9]]) search.try(Uint8Array.from(data));
    expect(search.corpus).toHaveLength(2);
    expect(smallestCorpus(program, new Random(seed), search.corpus)).toEqual([Uint8Array.of(9)]);
  });
});
