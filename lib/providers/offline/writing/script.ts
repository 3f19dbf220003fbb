/** A topic in, a whole script out: a hook, points, a close, chosen by the topic itself, so the same one gives the same script. */
import type { Topic, WrittenScript } from "../../writing.ts";
import { pick, type Random, randomFrom, seedOf } from "../art/random.ts";
import { general } from "./general.ts";
import type { Beat, Genre } from "./genre.ts";
import { luxury } from "./luxury.ts";
import { money } from "./money.ts";
import { night } from "./night.ts";

/** The first whose words the niche has, else the topic; else the general one. */
const GENRES: readonly Genre[] = [night, money, luxury];

/** As many scenes as were asked for, or as there are templates: at most ten or so. */
export function writeScript({ topic, niche, scenes, take }: Topic): WrittenScript {
  const random = randomFrom(seedOf("script", topic, niche, String(take)));
  const genre = genreOf(niche) ?? genreOf(topic) ?? general;
  const names = namesOf(topic);
  const set = (text: string) =>
    text.replace(/\{topic\}/g, () => names.within).replace(/\{Topic\}/g, () => names.first);
  const beats = [
    pick(random, genre.hooks),
    ...some(genre.points, Math.max(1, scenes - 2), random),
    pick(random, genre.closes),
  ];
  return {
    title: titleOf(
      pick(
        random,
        genre.titles.filter((title) => !names.isQuestion || title.startsWith("{Topic}")),
      ),
      names,
    ),
    visual_style: genre.style,
    scenes: beats.map(({ says, shows }: Beat) => ({
      narration: set(pick(random, says)),
      image_prompt: shows,
    })),
  };
}

function genreOf(text: string): Genre | undefined {
  return GENRES.find(({ words }) => words.test(text));
}

/** So many of a list, in its order. */
function some<Item>(list: readonly Item[], count: number, random: Random): readonly Item[] {
  const left = [...list.keys()];
  while (left.length > count) left.splice(Math.floor(random() * left.length), 1);
  return left.map((i) => list[i]!);
}

/** Words that begin a topic and are small within a sentence. */
const SMALL =
  /^(the|a|an|how|why|what|when|where|who|which|is|are|can|do|does|should|my|your|our|these|this)\b/i;
const QUESTION = /^(how|why|what|when|where|who|which|is|are|can|do|does|should)\b/i;

interface Names {
  /** Within a sentence, and at the beginning of one. */
  readonly within: string;
  readonly first: string;
  /** As it was given, without a full stop. */
  readonly plain: string;
  readonly isQuestion: boolean;
}

function namesOf(topic: string): Names {
  const plain = topic
    .trim()
    .replace(/\s+/g, " ")
    .replace(/[.!?…]+$/, "");
  const isQuestion = QUESTION.test(plain);
  const small = SMALL.test(plain) ? `${plain[0]!.toLowerCase()}${plain.slice(1)}` : plain;
  const counted = /^([2-9]|[1-9]\d+) /.test(small) ? `these ${small}` : small;
  return {
    within: isQuestion ? `the question ${small}` : counted,
    first: capital(counted),
    plain,
    isQuestion,
  };
}

function titleOf(template: string, { plain, within }: Names): string {
  return capital(template.replace("{Topic}", () => capital(plain)).replace("{topic}", () => within));
}

const capital = (text: string) => `${text[0]!.toUpperCase()}${text.slice(1)}`;
