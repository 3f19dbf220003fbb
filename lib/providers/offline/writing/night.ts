/** For the dark: a story in the first person, whose topic nobody wants to talk about. */
import type { Genre } from "./genre.ts";

export const night: Genre = {
  words: /scar|horror|ghost|haunt|creep|myster|paranormal|dark|night|true.?crime|urban.?legend|thriller/i,
  titles: ["What They Never Told Me About {topic}", "{Topic}: The Last Night", "Do Not Ask About {topic}"],
  style: {
    environment: "a lonely northern coast in winter",
    color_mood: "cold blue-black with one point of amber light",
    texture: "heavy film grain and drifting haze",
    recurring_elements: [{ name: "amber_light", looks: "one small amber light, never explained" }],
  },
  hooks: [
    {
      says: [
        "Nobody here talks about {topic} after dark. I found out why, and I wish I had not asked.",
        "I was told one thing when I moved here: never bring up {topic}. It was the first thing I did.",
      ],
      shows: "A lonely house on a hill at night, one window lit",
    },
  ],
  points: [
    {
      says: [
        "It began with a sound. Three knocks, a pause, and then three more. Always from the inside.",
        "The first night, I heard someone walk across the floor above me. There is no floor above me.",
      ],
      shows: "A dark hallway with a door at its end, light in the gap below it",
    },
    {
      says: [
        "In the morning I found a note in a hand that I knew. It was my own. It said: not yet.",
        "On the table lay a diary that was not mine. The last page had tomorrow's date.",
      ],
      shows: "An old diary lying open on a table, a candle burning beside it",
    },
    {
      says: [
        "I asked the old man at the harbour. He looked at the water, and told me to count the lights.",
        "I asked in the village. They all gave the same answer, in the same words, one after another.",
      ],
      shows: "A fishing boat on black water, far from any shore",
    },
    {
      says: [
        "There should be four lights on that coast. I counted five. The fifth one moved when I did.",
        "That evening I counted the lights along the bay. There was one too many, and it was closer.",
      ],
      shows: "A lighthouse in thick haze, its beam cut off halfway",
    },
    {
      says: [
        "So I went up the stairs that I had kept shut. Every step was clean. Somebody had used them.",
        "Behind the wall there was a staircase. It went down, and it was warm.",
      ],
      shows: "A narrow staircase going down into the dark",
    },
    {
      says: [
        "I ran. The road that should have led to the village brought me back to my own door. Twice.",
        "I took the road out. After an hour I saw a house, one window lit. It was mine.",
      ],
      shows: "A road through a black forest, a single street lamp in the distance",
    },
    {
      says: [
        "Behind the chapel I found a stone with no moss on it. It had my name, and no second date.",
        "There is a stone in the churchyard with room for one more name. The first letter is there already.",
      ],
      shows: "A small graveyard beside a chapel, one stone paler than the rest",
    },
    {
      says: [
        "When the moon came out I saw who was standing in the field. He had been there all along.",
        "The moon came through, and the field was full of people. Not one of them had a shadow.",
      ],
      shows: "A full moon over bare land, a lone figure standing in the middle of it",
    },
  ],
  closes: [
    {
      says: [
        "Now you have heard about {topic}, too. When they knock tonight, count. If it is three, do not move.",
        "That is what I know about {topic}. I am telling you so that I am not the only one. Goodnight.",
      ],
      shows: "A single candle on a window sill, going out, smoke rising from it",
    },
  ],
};
