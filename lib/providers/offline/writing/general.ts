/** For any topic: how to look at it. */
import type { Genre } from "./genre.ts";

export const general: Genre = {
  words: /(?:)/,
  titles: ["{Topic}: A Second Look", "{Topic}, Without the Noise", "What Nobody Asks About {topic}"],
  style: {
    environment: "wide quiet places with a lot of open sky",
    color_mood: "clear teal shadows and warm honey light",
    texture: "soft gradients with clean edges",
    recurring_elements: [{ name: "amber_window", looks: "one small amber window, far away" }],
  },
  hooks: [
    {
      says: [
        "Most people could say a few words about {topic}. Very few have stopped to look twice.",
        "You can pass by {topic} for years. Then one good question changes how you see everything around it.",
      ],
      shows: "A lighthouse on a calm shore, its beam reaching across the water",
    },
    {
      says: [
        "Everybody has an opinion on {topic}. The interesting part begins where the opinions end.",
        "There is a quick way to tell about {topic}, and there is a good one. Stay for the good one.",
      ],
      shows: "A long road through open land, empty from edge to edge",
    },
  ],
  points: [
    {
      says: [
        "Begin with what anyone can see. Give {topic} one full minute, and count only the facts.",
        "First, look before you judge. Write down three things about {topic} that nobody could deny.",
      ],
      shows: "An open notebook on a bare table beside a burning candle",
    },
    {
      says: [
        "Then ask where it all began. Every story has a first day, and it is seldom the day people remember.",
        "Next comes the beginning. Someone had to be the first to care about this, and had a reason.",
      ],
      shows: "A heavy wooden door standing ajar, light falling through the gap",
    },
    {
      says: [
        "Now look for the turning point: the one moment after which nothing about {topic} could stay the same.",
        "Somewhere in the middle there is a turn. Find it, and the rest of the story falls into place.",
      ],
      shows: "A road that parts in two under a wide sky",
    },
    {
      says: [
        "Ask what it costs. There is always a price: in money, in time, or in attention.",
        "Nothing comes without a price, and it is rarely on the label. Here it is paid in time.",
      ],
      shows: "An hourglass on a stone ledge, its sand almost through",
    },
    {
      says: [
        "Then weigh it. Who gains from {topic}, and who pays? The two are seldom the same.",
        "Put both sides on the scale. What speaks for {topic} has to be as plain as what speaks against.",
      ],
      shows: "An old pair of brass scales, one pan lower than the other",
    },
    {
      says: [
        "Go slowly here. What grows a little every day is hard to see in a week, and hard to miss in a year.",
        "Small steps are easy to laugh at. They are also the only ones that anybody has ever taken.",
      ],
      shows: "A tall tree alone on a hill, one side of it in full light",
    },
    {
      says: [
        "There is a steep part, too. Most people turn back just before the view opens.",
        "It gets harder before it gets clear. That is not a sign to stop. It is a sign that you are close.",
      ],
      shows: "A mountain summit above the clouds, a narrow trail leading up to it",
    },
    {
      says: [
        "And now step back. From far enough away, {topic} and the things around begin to form one picture.",
        "Seen from a distance, the details go quiet, and the shape of the whole comes out.",
      ],
      shows: "A city seen from far away in the evening, its windows coming on",
    },
  ],
  closes: [
    {
      says: [
        "So the next time somebody mentions {topic}, ask one question more than they do. That is where it starts.",
        "You do not have to know everything about {topic}. You only have to look once more than most.",
      ],
      shows: "A small sailing boat leaving a quiet bay, with open water ahead",
    },
  ],
};
