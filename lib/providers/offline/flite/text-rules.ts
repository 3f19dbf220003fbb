/** How symbols, money, fractions and addresses are said, in the order in which the rules apply. */

/** Raise it when a rule changes: it is part of the provider's identity, and so of every key. */
export const TEXT_RULES = 1;

type Rule = readonly [pattern: RegExp, spoken: string | ((...match: string[]) => string)];

/** Before NFKD, which would take the meaning out of these: "x²" would read "x2", "1½" would read "11/2". */
export const SYMBOLS: readonly (readonly [RegExp, string])[] = [
  [/[™®©℠]/gu, ""],
  [/(?<=\d)(?=[¼-¾⅐-⅞])/gu, " and "],
  [/(?<=[\p{L}\d)])²/gu, " squared"],
  [/(?<=[\p{L}\d)])³/gu, " cubed"],
  [/(?<=\d)(?=[⁰¹⁴-⁹⁻])/gu, " to the power of "],
  [/[°º]\s?C\b|℃/gu, " degrees celsius"],
  [/[°º]\s?F\b|℉/gu, " degrees fahrenheit"],
  [/°/gu, " degrees "],
  [/[µμ](?=m\b)/gu, " micro"],
  [/µ/gu, " micro "],
  [/\u{fb03}/gu, "ffi"],
  [/[‘’‚‛′ʼ`´]/gu, "'"],
  [/[“”„‟″«»‹›]/gu, '"'],
];

/** Latin letters that do not come apart into a plain letter and a mark. */
export const LATIN_LETTERS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ß: "ss",
    ẞ: "SS",
    æ: "ae",
    Æ: "AE",
    œ: "oe",
    Œ: "OE",
    ø: "o",
    Ø: "O",
    đ: "d",
    Đ: "D",
    ð: "th",
    Ð: "Th",
    þ: "th",
    Þ: "Th",
    ł: "l",
    Ł: "L",
    ħ: "h",
    Ħ: "H",
    ŋ: "ng",
    Ŋ: "Ng",
    ı: "i",
    ĸ: "k",
    ŧ: "t",
    Ŧ: "T",
    ə: "e",
    Ə: "E",
    ƒ: "f",
  }),
);

interface Currency {
  readonly one: string;
  readonly many: string;
  readonly part?: string;
}

const CURRENCIES: Readonly<Record<string, Currency>> = {
  $: { one: "dollar", many: "dollars", part: "cents" },
  "€": { one: "euro", many: "euros", part: "cents" },
  "£": { one: "pound", many: "pounds", part: "pence" },
  "¥": { one: "yen", many: "yen" },
  "₹": { one: "rupee", many: "rupees", part: "paise" },
  "₩": { one: "won", many: "won" },
  "₽": { one: "rouble", many: "roubles" },
  "₿": { one: "bitcoin", many: "bitcoins" },
};

const MAGNITUDES: Readonly<Record<string, string>> = {
  k: "thousand",
  m: "million",
  mn: "million",
  b: "billion",
  bn: "billion",
  t: "trillion",
  tn: "trillion",
};

/** "$45.50" is "45 dollars 50 cents", "€2.5M" is "2.5 million euros", "£1" is "1 pound". */
function money(sign: string, whole: string, fraction = "", magnitude = ""): string {
  const { one, many, part } = CURRENCIES[sign]!;
  const unit = Number(whole.replaceAll(",", "")) === 1 && fraction === "" && magnitude === "" ? one : many;
  if (magnitude !== "") {
    return `${whole}${fraction} ${MAGNITUDES[magnitude.toLowerCase()] ?? magnitude} ${unit}`;
  }
  if (fraction.length !== 3 || part === undefined) return `${whole}${fraction} ${unit}`;
  const parts = fraction === ".00" ? "" : `${Number(fraction.slice(1))} ${part}`;
  return Number(whole.replaceAll(",", "")) === 0 && parts !== "" ? parts : `${money(sign, whole)} ${parts}`;
}

/** After a number. */
export const UNITS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    kg: "kilograms",
    km: "kilometers",
    cm: "centimeters",
    mm: "millimeters",
    lb: "pounds",
    lbs: "pounds",
    ft: "feet",
    mph: "miles per hour",
    mi: "miles",
    KB: "kilobytes",
    MB: "megabytes",
    GB: "gigabytes",
    TB: "terabytes",
  }),
);

const UNDER_TWENTY =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split(" ");

/** Below 100 in letters: flite takes "9 11" for a telephone number. */
function inLetters(digits: string): string {
  const n = Number(digits);
  if (n >= 100) return digits;
  if (n < 20) return UNDER_TWENTY[n]!;
  return n % 10 === 0 ? TENS[n / 10]! : `${TENS[Math.floor(n / 10)]} ${UNDER_TWENTY[n % 10]}`;
}

/** "1715" is "seventeen fifteen": flite is not sure, and may say "one thousand seven hundred fifteen". */
function yearInLetters(year: string): string {
  const century = inLetters(year.slice(0, 2));
  const rest = year.slice(2);
  if (rest === "00") return `${century} hundred`;
  return `${century} ${rest.startsWith("0") ? "oh " : ""}${inLetters(rest)}`;
}

const SIGN = "[$€£¥₹₩₽₿]";

/** After NFKD. What is left that is not ASCII and no letter or digit is not said. */
export const RULES: readonly Rule[] = [
  [/^https?:\/\/(www\.)?/giu, ""],
  [/(?<=[\d%])[-–—−](?=[$€£¥₹₩₽₿]?\d)/gu, " to "],
  [/−(?=\p{Sc}?\d)/gu, "-"],
  [/(?<!\w)-(?=[$€£¥₹₩₽₿]\d)/gu, "minus "],
  [/[‐‑⁃]/gu, "-"],
  [/[–—―⸺⸻]|--+|^-$/gu, ", "],
  [
    new RegExp(
      `(${SIGN})(\\d+(?:,\\d+)*)(\\.\\d+)?(?:[ -]?(thousand|million|billion|trillion|bn|mn|tn|[kmbt])(?![a-z\\d]))?`,
      "giu",
    ),
    (_, sign = "", whole = "", fraction = "", magnitude = "") =>
      ` ${money(sign, whole, fraction, magnitude)} `,
  ],
  [
    new RegExp(`(\\d+(?:,\\d+)*)(\\.\\d+)?(${SIGN})`, "gu"),
    (_, whole = "", fraction = "", sign = "") => ` ${money(sign, whole, fraction)} `,
  ],
  [new RegExp(SIGN, "gu"), (sign = "") => ` ${CURRENCIES[sign]!.many} `],
  [/\u2044/gu, "/"],
  [/^(\W*)km\/h\b/giu, "$1kilometers per hour"],
  [/(?<=\d)km\/h\b/giu, " kilometers per hour"],
  [/(?<=\d|^)m\/s\b/giu, " meters per second"],
  [/(?<=\d)(kg|km|cm|mm|lbs?|ft|mph|mi|[KMGT]B)\b/gu, (unit = "") => ` ${UNITS.get(unit)}`],
  // flite says "a half" for 1/2 and "three fourths" for 3/4, but also "nine elevenths" for 9/11.
  [
    /(?<![\d/])(\d+)\/(\d+)(?![\d/])/gu,
    (all, a = "", b = "") =>
      Number(a) < Number(b) && Number(b) <= 10 ? all! : `${inLetters(a)} ${inLetters(b)}`,
  ],
  [/(?<!\d)\/|\/(?!\d)|(?<=\d)\/(?=\d+\/)|(?<=\/\d+)\//gu, " "],
  [/(?<![\w.,:-])1[1-9]\d\d(?![\w:%]|[.,-]\d)/gu, yearInLetters],
  [/^(\W*)ms\./giu, "$1miz"],
  [/\be\.g\./giu, "for example"],
  [/\bi\.e\./giu, "that is"],
  [/\bvs\./giu, "versus"],
  [/\bapprox\./giu, "approximately"],
  [/\betc\./giu, "etcetera."],
  [/^(\W*)no\.(?=\d)/giu, "$1number "],
  [/&/gu, " and "],
  [/@/gu, " at "],
  [/#(?=\d)/gu, "number "],
  [/\b([A-Z])#/gu, "$1 sharp"],
  [/\+/gu, " plus "],
  [/×/gu, " times "],
  [/÷/gu, " divided by "],
  [/±/gu, " plus or minus "],
  [/=/gu, " equals "],
  [/[~≈](?=\s?\d)/gu, " about "],
  [/<(?=\s?-?\d)/gu, " less than "],
  [/>(?=\s?-?\d)/gu, " more than "],
  [/(?<!\d)%/gu, " percent "],
  // "example.com", "192.168.1.1" and "1:1", but not "U.S." or "3.5" or "7:30".
  [/(?<=[A-Za-z]{2})\.(?=[A-Za-z]{2})/gu, " dot "],
  [/\d+(?:\.\d+){2,}/gu, (all = "") => all.replaceAll(".", " point ")],
  [/(?<=\d):(?=\d)(?!\d\d(?!\d))/gu, " to "],
  // A missing space: "what?!No", "word,word", "wait...what".
  [/([!?;]+|,(?!\d)|\.{2,})(?=["'(]*[A-Za-z0-9])/gu, ", "],
  [/(?<=[A-Za-z]),(?=\d)/gu, ", "],
  [/(?<=^|[^A-Za-z0-9])-+(?!\d)|-+(?=$|[^A-Za-z0-9])/gu, " "],
  [/[#$*<>[\\\]^_`{|}~]/gu, " "],
  // "€100," has become "100 euros ,", and a comma by itself would be lost.
  [/(?<=\w) +(?=[.,;:!?"')]+( |$))/gu, ""],
];
