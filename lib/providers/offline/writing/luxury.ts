/** For fine things: what stands behind a price. */
import type { Genre } from "./genre.ts";

export const luxury: Genre = {
  words:
    /luxur|watch(es)?$|jewel|yacht|supercar|mansion|villa|fashion|champagne|millionaire|billionaire|lifestyle/i,
  titles: ["{Topic}: What the Price Does Not Say", "The Quiet Truth About {topic}", "{Topic}, Up Close"],
  style: {
    environment: "calm elegant rooms and coasts in the evening",
    color_mood: "warm champagne gold against deep navy",
    texture: "smooth surfaces with soft reflections",
    recurring_elements: [{ name: "gold_edge", looks: "a thin line of gold light along every edge" }],
  },
  hooks: [
    {
      says: [
        "The price of {topic} is the first thing that people see, and the last thing that matters.",
        "You know what is said about {topic}. What is left unsaid is far more interesting.",
      ],
      shows: "A mechanical watch lying on dark velvet, its dial catching the light",
    },
    {
      says: [
        "There are two ways to look at {topic}: at the price, or at the hands behind it.",
        "{Topic}: some see a number. A few see what stands behind the number.",
      ],
      shows: "A white villa above the sea, its pool lit from below",
    },
  ],
  points: [
    {
      says: [
        "Begin with the hands. What lasts is made slowly, by someone who could do it faster and does not.",
        "Look at the part that nobody sees. That is where the difference is made, or is missing.",
      ],
      shows: "The inside of a mechanical watch, brass gears set close together",
    },
    {
      says: [
        "Then there is time. What takes a year to make cannot be hurried by paying twice.",
        "Patience is the rarest material of all. No shop has it in stock.",
      ],
      shows: "An hourglass on a marble table beside a tall window",
    },
    {
      says: [
        "Ask what is truly rare here, and what is only kept rare. The answer tells you what you pay for.",
        "Rare is a fact, or it is a decision. It is worth knowing which one you are buying.",
      ],
      shows: "A single cut diamond on black velvet, throwing small rainbows",
    },
    {
      says: [
        "There is a quiet kind, too. It carries no name on the outside, and needs none.",
        "The loudest thing in the room is seldom the best one. Those who know look elsewhere.",
      ],
      shows: "A grand lobby with one chandelier, and nobody in it",
    },
    {
      says: [
        "Count what comes after. Keeping a thing well can cost more than having it.",
        "The purchase is the short part. What follows is care, and care never ends.",
      ],
      shows: "A yacht at anchor in a still marina at dusk",
    },
    {
      says: [
        "Weigh the pleasure against the show. One of them is still there when nobody watches.",
        "Ask yourself a plain question: would you want it if you could never tell anyone?",
      ],
      shows: "A pair of golden scales on a polished table",
    },
    {
      says: [
        "And look at what grows old well. Some things lose their shine. A few only get a story.",
        "Time is the strictest judge. What it spares was made for it.",
      ],
      shows: "A long open car on a coastal road in the last light",
    },
  ],
  closes: [
    {
      says: [
        "So look at {topic} once more, and forget the number. What is left is the reason, or there is none.",
        "In the end, {topic} can be bought in a minute. Understanding what you bought takes longer, and costs nothing.",
      ],
      shows: "A glass of champagne on a terrace rail, a city glowing far below",
    },
  ],
};
