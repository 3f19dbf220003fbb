/** What a service said, and how long is waited for it, in words. */
import { sayDollars } from "../../base/money.ts";
import { shorten } from "../../base/shorten.ts";
import type { Charged } from "../../model/purchase.ts";
import type { Fault } from "./fault.ts";

/** Characters of what a service says that a message shows. */
const LONGEST_QUOTE = 300;

/** What happened, in the service's own words: "429 rate_limit_exceeded, 'Slow down'". */
export function sayFault({ kind, status, code, message }: Fault): string {
  const number = [status, code].filter((part) => part !== undefined && part !== String(status)).join(" ");
  const said = shorten(message, LONGEST_QUOTE).replace(/\.$/, "");
  const own = status === undefined ? said : `"${said}"`;
  // Node's messages begin with what failed, and name the code: "connect ECONNREFUSED 127.0.0.1:1".
  if (kind === "connection" && said.includes(number)) return own;
  return number === "" ? (kind === "timeout" ? "no whole answer in time" : own) : `${number}, ${own}`;
}

/** ", and may have been charged", after what failed; empty for what was not. */
export function sayCharged(charged: Charged): string {
  if (charged === "no") return "";
  if (charged === "maybe") return ", and may have been charged";
  return charged.cost === undefined ? ", and was charged" : `, and was charged ${sayDollars(charged.cost)}`;
}

/** "12 s", "3 min", "24 h": rounded up. */
export function sayWait(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1_000);
  const minutes = Math.ceil(seconds / 60);
  if (seconds <= 120) return `${seconds} s`;
  return minutes <= 120 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
}
