/** What providers read from the environment: keys, addresses, names. */
import { Failure } from "../base/failure.ts";

/** What stands in a header or an address: visible ASCII. */
const PLAIN = /^[\x21-\x7e]+$/;

/** @throws Failure that names the variable and says where to put it */
export function needed(env: NodeJS.ProcessEnv, variable: string, provider: string): string {
  const value = env[variable]?.trim() ?? "";
  if (PLAIN.test(value)) return value;
  if (value !== "") {
    throw wrong(
      `${variable} has characters that it cannot have: spaces, line breaks, or letters with accents.`,
    );
  }
  throw new Failure(`the provider '${provider}' needs ${variable}, and the environment does not have it.`, {
    code: "config.environment",
    help: `Write ${variable}=… into a file .env beside faceless.config.yaml, and keep that file out of git; or set it in the environment.`,
  });
}

/** @throws Failure like `needed`, and for what is no address */
export function neededAddress(env: NodeJS.ProcessEnv, variable: string, provider: string): string {
  const value = needed(env, variable, provider);
  if (/^https?:\/\//.test(value) && URL.canParse(value)) {
    const { username, password } = new URL(value);
    if (username === "" && password === "") return value;
    throw wrong(`${variable} has a user or a password in it, and addresses are shown.`);
  }
  throw wrong(`${variable} is no address: one begins with https:// or http://.`);
}

/** The value itself is not shown: it may be a key that was put into the wrong place. */
function wrong(message: string): Failure {
  return new Failure(message, {
    code: "config.environment",
    help: "Correct it in .env beside faceless.config.yaml, or in the environment.",
  });
}

/** What to look at where a key is not accepted. */
export const whereKeyIs = (variable: string) => `${variable} in the environment or in .env`;
