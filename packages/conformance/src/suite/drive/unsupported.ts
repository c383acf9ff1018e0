/** Thrown when the endpoint under test lacks the feature that a case tests. */
export class Unsupported extends Error {
  override readonly name = "Unsupported";
}
