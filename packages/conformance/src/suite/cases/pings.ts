/** Chapter 2: Pings and Pongs (RFC 6455 §5.5.2, §5.5.3). */
import type { Chapter, FrameSpec } from "../case.ts";
import { answers, define, fails, hex, octetWise, ping, pong, send, shared, text } from "./write.ts";

const pings = "RFC 6455 §5.5.2";
const pongs = "RFC 6455 §5.5.3";
const long = { noise: 125 } as const;
const tooLong = { noise: 126 } as const;
const ten: readonly FrameSpec[] = Array.from({ length: 10 }, (_, index) => ping(`ping ${index}`));
const tenPongs = Array.from({ length: 10 }, (_, index) => ({ pong: `ping ${index}` }));

export const pingsAndPongs: Chapter = {
  number: 2,
  title: "Pings and Pongs",
  cases: [
    shared("2.1", pings, {
      title: "A Ping without payload gets a Pong",
      requirements: ["X20"],
      steps: [send(ping())],
      expect: answers({ pong: "" }),
    }),
    shared("2.2", pings, {
      title: "A Ping gets a Pong with its payload",
      requirements: ["X20"],
      steps: [send(ping("Hello, world!"))],
      expect: answers({ pong: "Hello, world!" }),
    }),
    shared("2.3", pings, {
      title: "The payload of a Ping need not be text",
      requirements: ["X20"],
      steps: [send(ping(hex("00 ff fe fd fc fb 00 ff")))],
      expect: answers({ pong: hex("00 ff fe fd fc fb 00 ff") }),
    }),
    shared("2.4", pings, {
      title: "A Ping of 125 bytes gets a Pong",
      requirements: ["X20"],
      steps: [send(ping(long))],
      expect: answers({ pong: long }),
    }),
    shared("2.5", "RFC 6455 §5.5", {
      title: "A Ping of 126 bytes fails the connection",
      requirements: ["F06"],
      steps: [send(ping(tooLong))],
      expect: fails(1002),
    }),
    shared("2.6", pings, {
      title: "A Ping of 125 bytes gets a Pong, byte by byte",
      requirements: ["X20"],
      steps: [octetWise(ping(long))],
      expect: answers({ pong: long }),
    }),
    shared("2.7", pongs, {
      title: "An unsolicited Pong is ignored",
      requirements: ["X22"],
      steps: [send(pong())],
      expect: answers(),
    }),
    shared("2.8", pongs, {
      title: "An unsolicited Pong with payload is ignored",
      requirements: ["X22"],
      steps: [send(pong("unsolicited"))],
      expect: answers(),
    }),
    shared("2.9", pongs, {
      title: "A Ping after an unsolicited Pong gets a Pong",
      requirements: ["X20", "X22"],
      steps: [send(pong("unsolicited"), ping("solicited"))],
      expect: answers({ pong: "solicited" }),
    }),
    shared("2.10", pings, {
      title: "Ten Pings, or the last of them, get Pongs in order",
      requirements: ["X20", "X21"],
      steps: [send(...ten)],
      expect: answers(...tenPongs),
    }),
    shared("2.11", pings, {
      title: "Ten Pings, or the last of them, get Pongs in order, byte by byte",
      requirements: ["X20", "X21"],
      steps: [octetWise(...ten)],
      expect: answers(...tenPongs),
    }),
    define("2.12", "RFC 6455 §5.5", {
      title: "A Pong of 126 bytes fails the connection",
      requirements: ["F06"],
      steps: [send(pong(tooLong))],
      expect: fails(1002),
    }),
    define("2.13", "RFC 6455 §5.5", {
      title: "A Ping of 65,536 bytes fails the connection by its header, before its payload has arrived",
      requirements: ["F06"],
      steps: [send(ping("", { announced: "0000000000010000", lengthBytes: 8 }))],
      expect: fails(1002),
    }),
    define("2.14", "RFC 6455 §5.5", {
      title: "A Ping with a length in 16 bits fails the connection",
      requirements: ["F03", "F06"],
      steps: [send(ping("hello", { lengthBytes: 2 }))],
      expect: fails(1002),
    }),
    define("2.15", pongs, {
      title: "A hundred unsolicited Pongs are ignored",
      requirements: ["X22"],
      steps: [send(...Array.from({ length: 100 }, () => pong("x")), text("still here"))],
      expect: answers({ text: "still here" }),
    }),
    define("2.16", pings, {
      title: "A Ping of one byte gets a Pong",
      requirements: ["X20"],
      steps: [send(ping("x"))],
      expect: answers({ pong: "x" }),
    }),
  ],
};
