/** A number and its noun. */

/** "1 frame", "2 frames"; `many` where the plural is another word. */
export function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : many}`;
}
