/** A subject of comparison: one kind of stream, and hybi's verdict on it. */
import type { ConnectionOptions } from "@hybi/core";
import type { Stream } from "./stream.ts";
import type { OurVerdict } from "./verdict.ts";

export interface Subject {
  /** Frames of a connection, or the head that opens one; in either role. */
  readonly name: "frames" | "requests" | "responses";
  /** Creates the generator of the streams of one seed. */
  generator(seed: number): StreamGenerator;
  /** Returns hybi's verdict on a stream; `options` replace the defaults. */
  ours(stream: Stream, options?: ConnectionOptions): OurVerdict;
}

export interface StreamGenerator {
  /** Returns the stream with this index, independent of the streams generated before it. */
  stream(index: number): Stream;
}
