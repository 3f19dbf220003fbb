/** English words that say little by themselves: no tag, and no phrase to show large, is made of them alone. */

/** Articles, pronouns, prepositions, conjunctions and auxiliaries: what holds a sentence together. */
const FUNCTION_WORDS = words(`
a about above across after against along although am among an and another any are around as at be because been
before behind being below beneath beside between beyond both but by can cannot could did do does doing down during
each either every for from had has have having he her here hers herself him himself his how i if in inside into is
it its itself may might mine must my myself near neither nor not of off on onto or our ours ourselves out outside
over shall she should since so some such than that the their theirs them themselves then there these they this those
though through till to toward towards under until up upon us was we were what when where which while who whom whose
why will with within without would yet you your yours yourself
`);

/** Words with a meaning that is in every text. */
const COMMON_WORDS = words(`
again ago all almost alone already also always anyone anything anywhere ask asked away back became become began
bring brought call called came come comes day days done else end enough even ever everyone everything exactly far
few find first five found four full gave get gets getting give given go goes going gone good got great half held
however hundred instead just keep kept kind knew know known last later least left less let like little long look
looked looks lot made make makes making many maybe me mean means more most much nearly need needed never new next no
nobody none nothing now nowhere often oh old once one ones only other others own part people perhaps place put quite
rather really right said same saw say says second see seem seemed seems seen set several show six small somebody
someone something sometimes soon still stop stopped take taken takes tell ten thing things think thought thousand
three time times today together told too took turn turned twice two use used using usually very want wanted way ways
well went whatever whether whole word words work year years yes
`);

/** "seven", "twenty-five": said often, and about nothing. */
const NUMBER =
  /^(?:(?:(?:twen|thir|for|fif|six|seven|eigh|nine)ty)(?:-\p{L}+)?|(?:thir|four|fif|six|seven|eigh|nine)teen|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|hundreds?|thousands?|millions?|billions?|dozens?|percent)$/u;

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/).filter((word) => word !== ""));
}

/** "The", and "they're" too: a short form counts as its first word. */
export function isFunctionWord(word: string): boolean {
  return has(FUNCTION_WORDS, word);
}

export function isStopWord(word: string): boolean {
  return has(FUNCTION_WORDS, word) || has(COMMON_WORDS, word) || NUMBER.test(word.toLowerCase());
}

function has(set: ReadonlySet<string>, word: string): boolean {
  const plain = word.toLowerCase().replaceAll("’", "'");
  return set.has(plain) || set.has(plain.replace(/(n't|'[a-z]+)$/, ""));
}
