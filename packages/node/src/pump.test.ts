import { type DeadlineOptions, Endpoint, type EndpointEvent } from "@hybi/core";
import { encodeFrame, opcodes } from "@hybi/core/frame";
import { describe, expect, it } from "vitest";
import { ManualClock, ManualTransport } from "../tests/support/manual.ts";
import { openingRequest } from "../tests/support/raw-client.ts";
import { Pump } from "./pump.ts";

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

function frame(opcode: number, payload = ""): Uint8Array {
  return encodeFrame({ opcode, payload: ascii(payload), maskingKey: 0x01020304 });
}

/** A server whose pump has begun; with `open`, one whose connection is open and whose 101 was written. */
function setUp(options: {
  open: boolean;
  deadlines?: DeadlineOptions;
  react?: (event: EndpointEvent, pump: Pump) => void;
}) {
  const clock = new ManualClock();
  const transport = new ManualTransport();
  const events: EndpointEvent[] = [];
  let settled = 0;
  const pump: Pump = new Pump({
    endpoint: Endpoint.server(),
    transport,
    clock,
    deadlines: options.deadlines,
    listener: {
      event(event) {
        events.push(event);
        if (event.type === "request") pump.accept({});
        options.react?.(event, pump);
      },
      settled: () => settled++,
    },
  });
  pump.start();
  clock.rest();
  if (options.open) {
    pump.data(ascii(openingRequest()));
    clock.rest();
    pump.drain();
    events.length = 0;
    transport.calls.length = 0;
    transport.writes.length = 0;
  }
  return { clock, transport, events, pump, settled: () => settled };
}

describe("Pump", () => {
  it("writes once a turn, whatever was sent in it", () => {
    const { clock, transport, pump } = setUp({
      open: true,
      react: (event, { endpoint }) => {
        if (event.type === "text") endpoint.sendText(event.data);
      },
    });
    pump.data(Uint8Array.from([...frame(opcodes.text, "a"), ...frame(opcodes.ping), ...frame(opcodes.text, "b")]));
    pump.endpoint.sendText("c");
    pump.touch();
    expect(transport.writes).toEqual([]);
    clock.rest();
    expect(transport.writes).toEqual([Uint8Array.of(0x8a, 0, 0x81, 1, 0x61, 0x81, 1, 0x62, 0x81, 1, 0x63)]);
  });

  it("has one write on its way at a time, and lets control frames overtake what waits", () => {
    const { clock, transport, pump } = setUp({ open: true });
    pump.endpoint.sendBinary(new Uint8Array(200_000));
    pump.touch();
    clock.rest();
    expect(transport.writes.map(({ length }) => length)).toEqual([65_546]);
    pump.endpoint.sendPing();
    pump.touch();
    clock.rest();
    expect(transport.writes).toHaveLength(1);
    pump.drain();
    expect(transport.writes).toHaveLength(1);
    clock.turn();
    expect([...(transport.writes[1] ?? [])].slice(0, 3)).toEqual([0x89, 0, 0x00]);
    for (let turn = 0; turn < 10; turn++) {
      pump.drain();
      clock.turn();
    }
    expect(transport.writes).toHaveLength(4);
    expect(transport.writes.reduce((sum, { length }) => sum + length, 0)).toBe(200_000 + 2 + 10 + 4 + 10 + 4);
  });

  it("sends an empty Close frame that came up during a write", () => {
    const { clock, transport, pump } = setUp({ open: true });
    pump.endpoint.sendText("a");
    pump.touch();
    clock.rest();
    pump.endpoint.sendClose();
    pump.touch();
    clock.rest();
    pump.drain();
    clock.turn();
    expect(transport.writes.at(-1)).toEqual(Uint8Array.of(0x88, 0));
  });

  it("ends the transport behind the last write, reads on, and tells the end once [X12]", () => {
    const { clock, transport, pump, events } = setUp({ open: true });
    pump.data(frame(opcodes.close));
    clock.rest();
    expect(transport.calls).toEqual(["write", "end"]);
    pump.drain();
    pump.end();
    clock.rest();
    pump.close();
    clock.rest();
    expect(transport.calls).toEqual(["write", "end"]);
    expect(events.map(({ type }) => type)).toEqual(["close", "end"]);
    expect(clock.timerAt).toBeUndefined();
  });

  it("aborts a transport that does not end in time, and tells the end when it is closed", () => {
    const { clock, transport, pump, events } = setUp({ open: true, deadlines: { closing: 100 } });
    pump.data(frame(opcodes.close));
    clock.rest();
    clock.advanceTo(99);
    expect(transport.calls).toEqual(["write", "end"]);
    clock.advanceTo(101);
    expect(transport.calls).toEqual(["write", "end", "abort"]);
    pump.close();
    expect(events.at(-1)).toMatchObject({ type: "end", clean: true, statusCode: 1005 });
  });

  it("gives a peer that has closed its half and does not read as long, and no longer", () => {
    const { clock, transport, pump } = setUp({ open: true, deadlines: { closing: 100 } });
    pump.endpoint.sendBinary(new Uint8Array(200_000));
    pump.touch();
    clock.rest();
    pump.end();
    clock.rest();
    expect(transport.calls).toEqual(["write"]);
    clock.advanceTo(200);
    expect(transport.calls).toEqual(["write", "abort"]);
    clock.advanceTo(1_000_000);
    expect(transport.calls).toEqual(["write", "abort"]);
  });

  it("starts one timer, and leaves it where it is while what is due moves away", () => {
    const { clock, pump, transport } = setUp({ open: true, deadlines: { opening: 1_000, ping: 100, pong: 50 } });
    expect(clock.timerAt).toBe(100);
    const started = clock.started;
    for (let time = 1; time < 90; time++) {
      clock.time = time;
      pump.data(frame(opcodes.pong));
      clock.rest();
    }
    expect(clock.started).toBe(started);
    clock.advanceTo(188);
    expect(transport.writes).toEqual([]);
    clock.advanceTo(189);
    expect(transport.writes.map((bytes) => bytes[0])).toEqual([0x89]);
    expect(clock.timerAt).toBe(239);
  });

  it("pauses at the end of the turn, if it is still wanted then", () => {
    const { clock, transport, pump } = setUp({ open: true });
    pump.pause();
    pump.resume();
    clock.rest();
    expect(transport.calls).toEqual([]);
    pump.pause();
    clock.rest();
    pump.resume();
    clock.rest();
    expect(transport.calls).toEqual(["pause", "resume"]);
  });

  it("reads on when nothing that comes is read any more, or the peer's end would never come", () => {
    const { clock, transport, pump } = setUp({ open: true });
    pump.pause();
    clock.rest();
    pump.data(frame(3));
    clock.rest();
    expect(transport.calls).toEqual(["pause", "resume", "write", "end"]);
  });

  it("keeps why the transport was lost, and writes nothing afterwards", () => {
    const { clock, transport, pump, events, settled } = setUp({ open: true });
    pump.error(new Error("first"));
    pump.error(new Error("second"));
    pump.endpoint.sendText("a");
    pump.touch();
    const before = settled();
    pump.close();
    clock.rest();
    expect(pump.lost?.message).toBe("first");
    expect(transport.calls).toEqual([]);
    expect(events).toMatchObject([{ type: "end", clean: false, statusCode: 1006 }]);
    expect(settled()).toBe(before + 1);
    pump.abort();
    expect(transport.calls).toEqual([]);
  });
});
