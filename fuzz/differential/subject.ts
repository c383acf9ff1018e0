/** What the peers are asked about: one kind of stream, and what we make of it. */
import type { ConnectionOptions } from "@hybi/core";
import type { Stream } from "./stream.ts";
import type { OurVerdict } from "./verdict.ts";

export interface Subject {
  /** Frames of a connection, or the head that opens one, of either role. */
  readonly name: "frames" | "requests" | "responses";
  /** Makes the streams of one seed. */
  generator(seed: number): StreamGenerator;
  /** What we make of a stream; `options` are to be read otherwise than we do by default. */
  ours(stream: Stream, options?: ConnectionOptions): OurVerdict;
}

export interface StreamGenerator {
  /** The stream with this index, which is the same however many were made before it. */
  stream(index: number): Stream;
}
