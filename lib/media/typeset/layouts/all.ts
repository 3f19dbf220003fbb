/** The layouts in the order of a thumbnail's variants: what differs most comes first. */
import { beside } from "./beside.ts";
import { foot } from "./foot.ts";
import { labels } from "./labels.ts";
import { phrase } from "./phrase.ts";
import type { Layout } from "./sheet.ts";
import { split } from "./split.ts";

export const LAYOUTS: readonly Layout[] = [beside, phrase, foot, labels, split];
