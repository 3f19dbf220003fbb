/** How `validate` looks at one thing after the other: what is thrown is a finding like any other. */
import { problemOf } from "../engine/problem.ts";
import type { Finding } from "../report/findings.ts";

export type Tell = (finding: Finding) => void;

/** What `look` gives; undefined where it threw, which is told as an error about the subject. */
export async function looking<Seen>(
  subject: string,
  tell: Tell,
  look: () => Seen | Promise<Seen>,
): Promise<Seen | undefined> {
  try {
    return await look();
  } catch (error) {
    tell(errorOf(subject, error));
    return undefined;
  }
}

/** What was thrown as the subject was looked at. */
export function errorOf(subject: string, error: unknown): Finding {
  const { code, message, help } = problemOf(error);
  return { level: "error", subject, message, help, code };
}
