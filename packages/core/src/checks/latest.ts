/** Lets connections with equal settings share one object instead of keeping a copy each. */

/** Keeps the latest of several objects that are compared by their properties. */
export class Latest<Settings extends object> {
  #latest: Settings | undefined;

  constructor(first?: Settings) {
    this.#latest = first;
  }

  /**
   * Returns the latest object if its properties equal those of `settings`, otherwise `settings`, which must not change
   * afterwards.
   */
  like(settings: Settings): Settings {
    if (this.#latest === undefined || !isSame(settings, this.#latest)) this.#latest = settings;
    return this.#latest;
  }
}

/** Compares the properties of two objects with the same property names. */
function isSame<Settings extends object>(left: Settings, right: Settings): boolean {
  for (const name in left) if (left[name] !== right[name]) return false;
  return true;
}
