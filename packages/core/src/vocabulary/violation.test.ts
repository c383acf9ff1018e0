import { describe, expect, it } from "vitest";
import { violationSentences } from "../sentences/violations.ts";
import {
  connectionViolation,
  createViolationTable,
  isConnectionViolation,
  requestViolation,
  responseViolation,
  streamRequestViolation,
  streamResponseViolation,
  type ViolationCode,
  violationTable,
} from "./violation.ts";

describe("a violation", () => {
  it("is a row of the table with the offset", () => {
    expect(connectionViolation("frame/mask-missing", 7)).toEqual({
      code: "frame/mask-missing",
      message: "A client sent a frame that is not masked.",
      section: "RFC 6455 §5.1",
      statusCode: 1002,
      httpStatus: undefined,
      offset: 7,
    });
  });

  it("has an HTTP status before the connection is open, and none when a server is at fault [X17]", () => {
    expect(requestViolation("http/content-length", 3)).toMatchObject({ statusCode: undefined, httpStatus: 400 });
    expect(responseViolation("http/content-length", 3, "Why.")).toEqual({
      ...requestViolation("http/content-length", 3),
      message: `${violationTable["http/content-length"].message} Why.`,
      httpStatus: undefined,
    });
  });

  it("can be created for each code by a function of the part that the code is of", () => {
    const parts = [
      connectionViolation,
      requestViolation,
      responseViolation,
      streamRequestViolation,
      streamResponseViolation,
    ];
    const creates = (create: (code: never, offset: number) => unknown, code: string): boolean => {
      try {
        create(code as never, 5);
        return true;
      } catch {
        return false;
      }
    };
    for (const code of Object.keys(violationTable) as ViolationCode[]) {
      const able = parts.filter((create) => creates(create, code));
      expect([code, able.length > 0]).toEqual([code, true]);
      expect(isConnectionViolation(code)).toBe(able.includes(connectionViolation));
      for (const create of able) {
        const { message, section, statusCode } = violationTable[code];
        expect(create(code as never, 5)).toMatchObject({ code, message, section, statusCode, offset: 5 });
      }
    }
    expect([isConnectionViolation("toString"), isConnectionViolation({})]).toEqual([false, false]);
  });

  it("never has both a status code and an HTTP status: a connection is either open or not (§7.1.7) [X17]", () => {
    for (const row of Object.values(violationTable)) {
      expect(row.statusCode !== undefined && row.httpStatus !== undefined).toBe(false);
    }
  });
});

describe("createViolationTable", () => {
  it("has a sentence for each violation, and none for another code", () => {
    expect(Object.keys(violationSentences)).toEqual(Object.keys(violationTable));
  });

  it("names section and code, and where the sentence is, when it is left out", () => {
    const table = createViolationTable({});
    expect(table["frame/mask-missing"]).toEqual({
      ...violationTable["frame/mask-missing"],
      message: 'The peer broke RFC 6455 §5.1: see explainViolation("frame/mask-missing") of @hybi/core/explain.',
    });
  });
});
