/** What providers read from the environment: keys and addresses. */
import { Failure } from "../base/failure.ts";

/** @throws Failure that names the variable and says where to put it */
export function needed(env: NodeJS.ProcessEnv, variable: string, provider: string): string {
  const value = env[variable]?.trim();
  if (value) return value;
  throw new Failure(`the provider '${provider}' needs ${variable}, and the environment does not have it.`, {
    code: "config.environment",
    help: `Write ${variable}=… into a file .env beside faceless.config.yaml, and keep that file out of git; or set it in the environment.`,
  });
}

/** What to look at where a key is not accepted. */
export const whereKeyIs = (variable: string) => `${variable} in the environment or in .env`;
