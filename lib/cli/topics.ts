/** What scripts are to be written about. */
import type { Niche } from "../model/config.ts";
import type { StoryFiles } from "./story-files.ts";
import type { Wish } from "./wish.ts";

export interface Topic {
  readonly topic: string;
  /** Whose wish it is, in words. */
  readonly from: string;
}

/** One for each script; of the niche's own topics those that were written about least come first. */
export function topicsOf(
  niche: Pick<Niche, "topics">,
  name: string,
  wish: Wish,
  files: StoryFiles,
): readonly Topic[] {
  const { topic, count = 1 } = wish;
  if (topic !== undefined) return repeated([topic], count, "from --topic");
  if (niche.topics.length > 0) {
    const rarest = [...niche.topics].sort((a, b) => files.countAbout(a) - files.countAbout(b));
    return repeated(rarest, count, "from the niche's 'topics'");
  }
  const own = name.replace(/[-_.]+/g, " ");
  return repeated([own], count, "the niche's own name: give --topic, or 'topics' of the niche, for another");
}

function repeated(topics: readonly string[], count: number, from: string): readonly Topic[] {
  return Array.from({ length: count }, (_, i) => ({ topic: topics[i % topics.length]!, from }));
}
