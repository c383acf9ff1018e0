import { describe, expect, it } from "vitest";
import { violationSentences } from "../sentences/violations.ts";
import { createViolationTable, violation, violationByServer, violationTable } from "./violation.ts";

describe("violation", () => {
  it("is a row of the table with the offset, and a detail if given", () => {
    expect(violation("frame/mask-missing", 7)).toEqual({
      code: "frame/mask-missing",
      message: "A client sent a frame that is not masked.",
      section: "RFC 6455 §5.1",
      statusCode: 1002,
      httpStatus: undefined,
      offset: 7,
    });
    expect(violation("frame/too-big", 0, "It was 5.").message).toBe(
      `${violationTable["frame/too-big"].message} It was 5.`,
    );
  });

  it("has an HTTP status before the connection is open, and none when a server is at fault [X17]", () => {
    expect(violation("http/content-length", 3)).toMatchObject({ statusCode: undefined, httpStatus: 400 });
    expect(violationByServer("http/content-length", 3, "Why.")).toEqual({
      ...violation("http/content-length", 3, "Why."),
      httpStatus: undefined,
    });
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
