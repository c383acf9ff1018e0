/** How the platform differs from the standard. Tests about what it does otherwise do not run there. */

/** Whether listeners can be added for the capture phase. In Workers (workerd) they cannot. */
export const canCapture: boolean = capturesEvents();

/** Whether only a cancelable event can be canceled (DOM §2.9). In Workers (workerd) every event can. */
export const cancelsCancelableOnly: boolean = keepsUncancelable();

function capturesEvents(): boolean {
  try {
    new EventTarget().addEventListener("probe", () => {}, true);
    return true;
  } catch {
    return false;
  }
}

function keepsUncancelable(): boolean {
  const target = new EventTarget();
  target.addEventListener("probe", (event) => event.preventDefault());
  return target.dispatchEvent(new Event("probe"));
}
