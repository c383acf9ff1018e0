/** The endpoint under test does not have what a case is about. */
export class Unsupported extends Error {
  override readonly name = "Unsupported";
}
