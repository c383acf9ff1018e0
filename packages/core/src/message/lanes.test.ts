import { describe, expect, it } from "vitest";
import { utf8 } from "../../tests/support/bytes.ts";
import { Lanes } from "./lanes.ts";
import { PendingMessage } from "./pending-message.ts";

/** The priorities of the lanes in which something waits, in the order in which they are chosen. */
function order(lanes: Lanes): number[] {
  const found: number[] = [];
  for (let lane = lanes.firstReady(); lane !== undefined; lane = lanes.firstReady()) {
    found.push(lane.priority);
    lane.clear();
  }
  return found;
}

describe("Lanes", () => {
  it("has one lane for each priority, and the ordinary one for none", () => {
    const lanes = new Lanes();
    expect(lanes.of(undefined)).toBe(lanes.ordinary);
    expect(lanes.of(0)).toBe(lanes.ordinary);
    const five = lanes.of(5);
    expect(lanes.of(7)).not.toBe(five);
    expect(lanes.of(-1)).not.toBe(five);
    expect(lanes.of(5)).toBe(five);
  });

  it("answers the most urgent first, in whichever order they were used", () => {
    for (const used of [[3, -2, 0, 9, 1], [-2, -1], [0], [9, 3, 0, -2], [-2, 0, 3, 9, 4]]) {
      const lanes = new Lanes();
      for (const priority of used) lanes.of(priority).writer.append(utf8("x"));
      expect(order(lanes)).toEqual([...used].sort((a, b) => b - a));
      expect(lanes.isPlainRun).toBe(true);
    }
  });

  it("is a plain run while only the ordinary lane holds only encoded messages", () => {
    const lanes = new Lanes();
    expect(lanes.isPlainRun).toBe(true);
    lanes.ordinary.writer.append(utf8("x"));
    expect(lanes.isPlainRun).toBe(true);
    lanes.of(1);
    expect(lanes.isPlainRun).toBe(false);
    expect(lanes.firstReady()).toBe(lanes.ordinary);
    expect(lanes.isPlainRun).toBe(true);
    lanes.ordinary.push(new PendingMessage("text", undefined));
    expect(lanes.isPlainRun).toBe(false);
  });

  it("passes over a lane whose first message has nothing to give yet", () => {
    const lanes = new Lanes();
    const urgent = new PendingMessage("text", undefined);
    lanes.of(2).push(urgent);
    lanes.of(-1).writer.append(utf8("x"));
    expect(lanes.firstReady()?.priority).toBe(-1);
    lanes.ordinary.writer.append(utf8("x"));
    expect(lanes.firstReady()?.priority).toBe(0);
    urgent.append(utf8("x"));
    expect(lanes.firstReady()?.priority).toBe(2);
  });

  it("drops what has not ended, and everything, in all lanes", () => {
    for (const others of [false, true]) {
      const lanes = new Lanes();
      for (const priority of others ? [0, 1, -1] : [0]) {
        const message = new PendingMessage("text", undefined);
        message.append(utf8("abc"));
        lanes.of(priority).push(message);
        lanes.of(priority).writer.append(utf8("x"));
      }
      expect(lanes.dropUnended()).toBe(others ? 9 : 3);
      lanes.clear();
      expect(lanes.firstReady()).toBeUndefined();
      expect(lanes.isPlainRun).toBe(true);
    }
  });
});
