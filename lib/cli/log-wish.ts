/** Whether the environment asks for a log; apart from the log itself, which is loaded only then. */

/** Where lines go while the terminal's own are redrawn: from the content repo's root. */
export const LOG_FILE = ".faceless/log";

export function isLogged(env: NodeJS.ProcessEnv): boolean {
  return Boolean(env.LOG_LEVEL || env.LOG_FORMAT) || isDebug(env);
}

/** DEBUG belongs to others too, who put names into it. */
export function isDebug({ DEBUG: debug }: NodeJS.ProcessEnv): boolean {
  return debug === "1" || debug === "true";
}
