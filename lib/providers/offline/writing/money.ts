/** For money: questions that have no wrong answer, and not one number. */
import type { Genre } from "./genre.ts";

export const money: Genre = {
  words:
    /financ|money|invest|saving|budget|wealth|debt|credit|econom|crypto|stock|pension|retire|income|business/i,
  titles: ["{Topic}: Before You Spend a Dollar", "The Honest Cost of {topic}", "{Topic}, in Plain Words"],
  style: {
    environment: "quiet open places in early light",
    color_mood: "deep teal shadows and warm gold highlights",
    texture: "fine grain with clean, simple shapes",
    recurring_elements: [{ name: "gold_coin", looks: "one worn gold coin that catches the light" }],
  },
  hooks: [
    {
      says: [
        "Before anyone puts a dollar into {topic}, there is one question worth more than the answer.",
        "There are loud ways to talk about {topic}. This is the quiet one, and it takes a minute.",
      ],
      shows: "Two stacks of gold coins on a stone ledge, one much taller than the other",
    },
    {
      says: [
        "{Topic}: a lot is promised, and little is explained. Let us turn that around.",
        "Most mistakes with money are not made with numbers. They are made before anybody counts.",
      ],
      shows: "A bank with tall stone columns on an empty square",
    },
  ],
  points: [
    {
      says: [
        "First, write down what you have today. Not what you expect, and not what you hope for.",
        "Start with one honest page: what comes in, what goes out, and what is left.",
      ],
      shows: "A ledger lying open on a wooden desk, one coin on its page",
    },
    {
      says: [
        "Then ask what it costs. A price that is small and comes back every month is not small.",
        "Look for the fee. If nobody can show it to you in one sentence, it is probably large.",
      ],
      shows: "A purse with coins spilling out of it onto a bare table",
    },
    {
      says: [
        "Next, ask what happens if nothing goes as planned. If you could not sleep, it is too much.",
        "Picture the bad year before the good one. What you can survive, you can also wait for.",
      ],
      shows: "A storm over flat land, one bolt of lightning in the distance",
    },
    {
      says: [
        "Weigh it against doing nothing. The boring choice is often the one that nobody advertises.",
        "Compare it with the plainest thing you could do instead. Plain is hard to beat.",
      ],
      shows: "A pair of brass scales, with coins in one pan and a feather in the other",
    },
    {
      says: [
        "Give it time. Whatever grows at all grows more the longer it is left alone.",
        "Time does most of the work, and asks for no fee. What it wants is patience.",
      ],
      shows: "An hourglass with coins at its foot, half of its sand still to fall",
    },
    {
      says: [
        "Keep a part where you cannot lose it. Courage is easier with a floor under your feet.",
        "And keep something safe. It will never impress anyone, and one day it will carry you.",
      ],
      shows: "A heavy steel safe in a dim room, its door slightly open",
    },
    {
      says: [
        "Do it by habit, not by mood. A small step on a fixed day beats a big one that never comes.",
        "Then make it automatic. The best decision is the one that you only have to take once.",
      ],
      shows: "A young tree growing from a pile of coins, with coins for leaves",
    },
    {
      says: [
        "Check once a year, and not once a day. Looking more often changes nothing but your mood.",
        "When the line goes down, remember why you began. When it goes up, remember it too.",
      ],
      shows: "A chart with a slowly rising curve on a plain wall",
    },
  ],
  closes: [
    {
      says: [
        "So that is {topic}, for a start. Know the cost, know the risk, and begin small.",
        "You will never know all about {topic}. Know your reason, write it down, and begin with little.",
      ],
      shows: "A road that leads to a bright mountain summit, one coin lying at its start",
    },
  ],
};
