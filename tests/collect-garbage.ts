/** Has memory reclaimed, for tests of what is held by weak references alone. */
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Several times: what was looked at through a weak reference is kept until the next turn. */
export async function collectGarbage(): Promise<void> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let turn = 0; turn < 3; turn += 1) {
    await setImmediate();
    collect();
  }
}
