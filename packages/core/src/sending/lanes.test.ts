import { utf8Bytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { Lanes } from "./lanes.ts";
import { PendingMessage } from "./pending-message.ts";

/** The priorities of the lanes with queued messages, in the order in which they are chosen. */
function order(lanes: Lanes): number[] {
  const found: number[] = [];
  for (let lane = lanes.firstReady(); lane !== undefined; lane = lanes.firstReady()) {
    found.push(lane.priority);
    lane.clear();
  }
  return found;
}

describe("Lanes", () => {
  it("has one lane per priority, and the ordinary one when none is given", () => {
    const lanes = new Lanes();
    expect(lanes.of(undefined)).toBe(lanes.ordinary);
    expect(lanes.of(0)).toBe(lanes.ordinary);
    const five = lanes.of(5);
    expect(lanes.of(7)).not.toBe(five);
    expect(lanes.of(-1)).not.toBe(five);
    expect(lanes.of(5)).toBe(five);
  });

  it("returns the most urgent lane first, in whatever order they were used", () => {
    for (const used of [[3, -2, 0, 9, 1], [-2, -1], [0], [9, 3, 0, -2], [-2, 0, 3, 9, 4]]) {
      const lanes = new Lanes();
      for (const priority of used) lanes.of(priority).writer.append(utf8Bytes("x"));
      expect(order(lanes)).toEqual([...used].sort((a, b) => b - a));
      expect(lanes.isPlainRun).toBe(true);
    }
  });

  it("returns the most urgent lane among many, while some are added and others emptied", () => {
    for (let seed = 1; seed < 40; seed++) {
      const lanes = new Lanes();
      const waiting = new Set<number>();
      let chance = seed;
      for (let step = 0; step < 200; step++) {
        chance = (chance * 48_271) % 0x7fff_ffff;
        const priority = (chance % 61) - 30;
        if (step < 100 || chance % 3 === 0) {
          lanes.of(priority).writer.append(utf8Bytes("x"));
          waiting.add(priority);
          continue;
        }
        const lane = lanes.firstReady();
        const most = waiting.size === 0 ? undefined : Math.max(...waiting);
        expect(lane?.priority).toBe(most);
        lane?.clear();
        if (most !== undefined) waiting.delete(most);
      }
      expect(order(lanes)).toEqual([...waiting].sort((a, b) => b - a));
    }
  });

  it("skips many lanes whose first messages have nothing to send yet, and drops empty ones", () => {
    const lanes = new Lanes();
    for (const priority of [9, 8, 7, -7]) lanes.of(priority).push(new PendingMessage("text", undefined));
    expect(lanes.firstReady()).toBeUndefined();
    for (const priority of [5, 6, 3]) {
      lanes.of(priority).writer.append(utf8Bytes("x"));
      expect(lanes.firstReady()?.priority).toBe(priority);
      lanes.of(priority).clear();
      expect(lanes.firstReady()).toBeUndefined();
    }
    for (const used of [
      [2, 1],
      [1, 2],
    ]) {
      const others = new Lanes();
      others.of(3).push(new PendingMessage("text", undefined));
      for (const priority of used) others.of(priority).writer.append(utf8Bytes("x"));
      expect(others.firstReady()?.priority).toBe(2);
    }
    const lane = lanes.of(5);
    lane.writer.append(utf8Bytes("x"));
    lanes.of(4).writer.append(utf8Bytes("x"));
    lanes.of(-8).writer.append(utf8Bytes("x"));
    expect(lanes.firstReady()).toBe(lane);
  });

  it("is a plain run while only the ordinary lane holds messages, all of them encoded", () => {
    const lanes = new Lanes();
    expect(lanes.isPlainRun).toBe(true);
    lanes.ordinary.writer.append(utf8Bytes("x"));
    expect(lanes.isPlainRun).toBe(true);
    lanes.of(1);
    expect(lanes.isPlainRun).toBe(false);
    expect(lanes.firstReady()).toBe(lanes.ordinary);
    expect(lanes.isPlainRun).toBe(true);
    lanes.ordinary.push(new PendingMessage("text", undefined));
    expect(lanes.isPlainRun).toBe(false);
  });

  it("skips a lane whose first message has nothing to send yet", () => {
    const lanes = new Lanes();
    const urgent = new PendingMessage("text", undefined);
    lanes.of(2).push(urgent);
    lanes.of(-1).writer.append(utf8Bytes("x"));
    expect(lanes.firstReady()?.priority).toBe(-1);
    lanes.ordinary.writer.append(utf8Bytes("x"));
    expect(lanes.firstReady()?.priority).toBe(0);
    urgent.append(utf8Bytes("x"));
    expect(lanes.firstReady()?.priority).toBe(2);
  });

  it("drops unended messages, or everything, in all lanes", () => {
    for (const others of [false, true]) {
      const lanes = new Lanes();
      for (const priority of others ? [0, 1, -1] : [0]) {
        const message = new PendingMessage("text", undefined);
        message.append(utf8Bytes("abc"));
        lanes.of(priority).push(message);
        lanes.of(priority).writer.append(utf8Bytes("x"));
      }
      expect(lanes.drop(({ ended }) => !ended)).toBe(others ? 9 : 3);
      lanes.clear();
      expect(lanes.firstReady()).toBeUndefined();
      expect(lanes.isPlainRun).toBe(true);
    }
  });
});
