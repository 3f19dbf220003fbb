/** How far V8 lets the heap grow before it collects all of it. */
import { setFlagsFromString } from "node:v8";

/**
 * Collects when the heap has grown by two fifths of what was live in it. V8 by itself lets it grow to as much as four times
 * that: in a cold build of 100,000 outputs to 210 MB where 70 are live. It costs a dozen collections more there, of
 * some 50 ms each. For builds that look at all of a graph: where little is looked at, memory is no concern, and one
 * collection more would be felt.
 */
export function collectSooner(): void {
  setFlagsFromString("--heap-growing-percent=40");
}
