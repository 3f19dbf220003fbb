/** What is published with a film: title, description, tags and chapters, all in the script's own words. */
import type { PartParams } from "../part-params.ts";
import type { Reel } from "../reel.ts";
import { type Chapter, type Chapters, chaptersOf } from "./chapters.ts";
import { cutAtWord, plain } from "./cut.ts";
import { type ScriptScene, spokenScenes } from "./spoken.ts";
import { tagsOf } from "./tags.ts";

/** YouTube's limits: characters of a title, bytes of a description (developers.google.com/youtube/v3/docs/videos). */
const TITLE = 100;
const DESCRIPTION = 5000;

export interface Story {
  readonly title: string;
  readonly niche: string;
  readonly platform: string;
  readonly source: string | null;
  readonly author: string | null;
  readonly url: string | null;
  readonly language: string | null;
  readonly scenes: readonly ScriptScene[];
}

export interface Metadata {
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly chapters: readonly Chapter[];
  /** Why there are no chapters; null if there are. */
  readonly chapters_note: string | null;
  readonly duration_s: number;
  readonly part: number | null;
  readonly of: number | null;
  readonly sources: {
    readonly source: string | null;
    readonly author: string | null;
    readonly url: string | null;
  };
  readonly niche: string;
  readonly platform: string;
  readonly language: string | null;
}

/** `narrations`: the text of each scene of the reel. */
export function metadataOf(
  story: Story,
  reel: Reel,
  narrations: readonly string[],
  part: PartParams,
): Metadata {
  const duration = reel.frames / reel.fps;
  const scenes = spokenScenes(reel, narrations, story.scenes);
  const tags = tagsOf(story.niche, story.title, scenes);
  const hook = hookOf(scenes.flatMap(({ sentences }) => sentences));
  const { description, chapters, why } = fitting((most) => {
    const found = chaptersOf(scenes, duration, most);
    return { ...found, description: describe(story, hook, found.chapters, tags) };
  });
  return {
    title: titleOf(story.title, part),
    description,
    tags,
    chapters,
    chapters_note: why,
    duration_s: Math.round(duration * 1000) / 1000,
    part: part.part,
    of: part.of,
    sources: { source: story.source, author: story.author, url: story.url },
    niche: story.niche,
    platform: story.platform,
    language: story.language,
  };
}

/** "Title (Part 2/3)": it is the title that is cut. */
export function titleOf(title: string, { part, of }: PartParams): string {
  const suffix = part === null ? "" : ` (Part ${part}/${of})`;
  return `${cutAtWord(plain(title), TITLE - suffix.length)}${suffix}`;
}

/** Numbers of chapters that are tried: more than the first nobody reads, fewer than the last are none. */
const CHAPTERS = [24, 12, 6, 3] as const;

type Described = Chapters & { readonly description: string };

/** The most chapters with which the description is not too long. */
function fitting(describeWith: (most: number) => Described): Described {
  for (const most of CHAPTERS) {
    const described = describeWith(most);
    if (Buffer.byteLength(described.description) <= DESCRIPTION) return described;
  }
  const why = `With chapters, the description would have more than ${DESCRIPTION} bytes.`;
  return { ...describeWith(0), chapters: [], why };
}

/** What YouTube shows of a description before "more" is some 160 characters. */
const HOOK = 160;
const SHORT_HOOK = 70;

/** The film's first sentence, and the second where the first is short. */
function hookOf(sentences: readonly string[]): string {
  const [first = "", second = ""] = sentences;
  const both = second !== "" && first.length < SHORT_HOOK && first.length + second.length < HOOK;
  return cutAtWord(both ? `${first} ${second}` : first, HOOK * 2);
}

const HASHTAGS = 3;

/** Paragraphs: the hook, the chapters, where the story comes from, hashtags. */
function describe(story: Story, hook: string, chapters: readonly Chapter[], tags: readonly string[]): string {
  const origin = [
    ...(story.source === null ? [] : [`Source: ${plain(story.source)}`]),
    ...(story.author === null ? [] : [`Author: ${plain(story.author)}`]),
    ...(story.url === null ? [] : [plain(story.url)]),
  ];
  const [niche = "", ...others] = tags;
  const hashtags = [niche, ...others.filter((tag) => !tag.includes(" "))]
    .map((tag) => tag.replace(/[^\p{L}\p{N}\p{M}]/gu, ""))
    .filter((tag) => /\p{L}/u.test(tag))
    .slice(0, HASHTAGS)
    .map((tag) => `#${tag}`);
  return [
    hook,
    chapters.map(({ at, title }) => `${at} ${title}`).join("\n"),
    origin.join("\n"),
    hashtags.join(" "),
  ]
    .filter((paragraph) => paragraph !== "")
    .join("\n\n");
}
