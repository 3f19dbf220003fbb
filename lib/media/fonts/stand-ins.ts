/** Which families stand in for a font that lacks a character, by writing system: Noto's, which are made for just that. */

export interface StandIn {
  readonly characters: RegExp;
  /** In the order in which they are asked. */
  readonly families: readonly string[];
  /** The Debian package that has them; null where none has. */
  readonly debian: string | null;
}

const CORE = "fonts-noto-core";

/** Scripts whose family is called after them. */
const NAMED =
  "Arabic Hebrew Armenian Georgian Ethiopic Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam " +
  "Sinhala Thai Lao Myanmar Khmer Cherokee";

const scripts: readonly StandIn[] = NAMED.split(" ").map((script) => ({
  characters: new RegExp(`\\p{Script_Extensions=${script}}`, "u"),
  families: [`Noto Sans ${script}`],
  debian: CORE,
}));

/** Chinese, Japanese and Korean share code points and draw some of them each in its own way. */
const EAST_ASIAN =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Bopomofo}\uFF00-\uFFEF]/u;

/** Of Chinese that is not told apart further, the writing of the mainland. */
function eastAsianRegions(text: string): readonly string[] {
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return ["JP", "SC", "KR"];
  if (/\p{Script=Hangul}/u.test(text)) return ["KR", "SC", "JP"];
  return /\p{Script=Bopomofo}/u.test(text) ? ["TC", "SC", "JP"] : ["SC", "TC", "JP"];
}

/** Emoji that an outline font has, in one colour. */
const EMOJI = /[\p{Emoji_Presentation}\p{Extended_Pictographic}]/u;

/** For one character of a text; `text`, all of it, tells whose Chinese characters they are. */
export function standInsFor(character: string, text: string): readonly StandIn[] {
  const eastAsian = {
    characters: EAST_ASIAN,
    // Debian's packages hold all regions in one file, "CJK"; Google's have one for each.
    families: eastAsianRegions(text).flatMap((region) => [`Noto Sans CJK ${region}`, `Noto Sans ${region}`]),
    debian: "fonts-noto-cjk",
  };
  const others: readonly StandIn[] = [
    { characters: /[\p{scx=Latin}\p{scx=Greek}\p{scx=Cyrillic}]/u, families: ["Noto Sans"], debian: CORE },
    { characters: EMOJI, families: ["Noto Emoji"], debian: null },
    {
      characters: /[\p{S}\p{P}\p{N}]/u,
      families: ["Noto Sans", "Noto Sans Symbols", "Noto Sans Symbols2", "Noto Sans Math"],
      debian: CORE,
    },
  ];
  return [...scripts, eastAsian, ...others].filter((one) => one.characters.test(character));
}
