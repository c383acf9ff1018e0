/** Loaded before the demo: keys that are the same in each run, so that the picture changes only if the demo does. */
let last = 0;

crypto.getRandomValues = (target) => {
  for (let index = 0; index < target.length; index++) {
    last = (last + 151) % 256;
    target[index] = last;
  }
  return target;
};
