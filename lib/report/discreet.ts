/** Keeps secrets out of what builds tell: a service, or a task, may repeat a key in what it says. */
import { hideSecrets } from "../base/secrets.ts";
import type { BuildEvent } from "../model/event.ts";

type Environment = Parameters<typeof hideSecrets>[0];

/** Passes events on; where one has words of somebody else's, without the environment's secrets. */
export function discreet(env: Environment, emit: (event: BuildEvent) => void): (event: BuildEvent) => void {
  const hide = hideSecrets(env);
  const hidden = (_: string, value: unknown) => (typeof value === "string" ? hide(value) : value);
  return (event) => {
    const hasWords = event.type === "notice" || event.type === "request" || "problem" in event;
    emit(hasWords ? (JSON.parse(JSON.stringify(event), hidden) as BuildEvent) : event);
  };
}
