/** When captions come, against when their first word is spoken. */

interface Mark {
  readonly text: string;
  /** Seconds from the narration's start. */
  readonly start: number;
}

/**
 * Seconds by which the first frame with a caption comes after its first word is heard; before it, less than 0. What a
 * caption reads is in the comments of its file. `seen`, `heard`: when the scene's own piece and its narration begin.
 */
export function captionOffsets(
  ass: string,
  marks: readonly Mark[],
  { seen, heard, fps }: { readonly seen: number; readonly heard: number; readonly fps: number },
): number[] {
  let next = 0;
  return ass.split("\n").flatMap((line) => {
    const [, start, reads] = /^Comment: \d+,([\d:.]+),(?:[^,]*,){7}(.*)$/.exec(line) ?? [];
    if (start === undefined || reads === undefined) return [];
    const words = reads.split(/\s+/).filter((word) => word !== "/" && word !== "");
    const first = marks.findIndex(({ text }, i) => i >= next && text === words[0]);
    if (first < 0) throw new Error(`the caption '${reads}' begins with no word of the narration`);
    next = first + words.length;
    const shown = Math.ceil(secondsOf(start) * fps) / fps;
    return [seen + shown - (heard + marks[first]!.start)];
  });
}

/** "0:01:02.05". */
function secondsOf(time: string): number {
  return time.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}
