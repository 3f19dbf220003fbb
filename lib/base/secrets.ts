/** Which values of an environment are secrets, and how one is shown where it has to be told apart from another. */

type Environment = Readonly<Record<string, string | undefined>>;

/** Names that keys and passwords have: AZURE_OPENAI_API_KEY, GITHUB_TOKEN, AWS_ACCESS_KEY_ID. */
const SECRET_NAME = /(^|_)(api)?key(s|_id)?$|token|secret|passw|credential/i;

/** What is shorter stands in too many other words, and protects nothing. */
const SHORTEST = 8;

/** "sk-…abcd" of a long one; of a short one nothing that would help to guess it. */
export function maskSecret(value: string): string {
  return value.length < 16 ? "…" : `${value.slice(0, 3)}…${value.slice(-4)}`;
}

export const isSecretName = (name: string): boolean => SECRET_NAME.test(name);

/** Name to value of what is secret, also in an environment that holds more than our own variables. */
export function secretsIn(env: Environment): ReadonlyMap<string, string> {
  const named = Object.entries(env).map(([name, value = ""]) => [name, value] as const);
  const secrets = [...named.filter(([name]) => SECRET_NAME.test(name)), ...proxyPasswords(env)];
  return new Map(secrets.filter(([, value]) => value.length >= SHORTEST));
}

/** "http://user:password@proxy.example:3128"; the scheme may be left out. */
const PASSWORD = /^(?:[a-z]+:\/\/)?[^/:@]*:([^/]*)@/i;

/** Name of a variable such as HTTPS_PROXY to the password in its address, as it is before it is escaped. */
export function proxyPasswords(env: Environment): ReadonlyMap<string, string> {
  const proxies = Object.entries(env).filter(([name]) => /^(https?|all)_proxy$/i.test(name));
  return new Map(
    proxies.flatMap(([name, value = ""]) => {
      const password = PASSWORD.exec(value.trim())?.[1];
      return password ? [[name, unescaped(password)] as const] : [];
    }),
  );
}

/** What is no escaped text stands for itself, and is secret all the same. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Masks every secret of the environment wherever it stands in a text. */
export function hideSecrets(env: Environment): (text: string) => string {
  return hiding(secretsIn(env).values(), maskSecret);
}

/** Puts a mask in the place of each of the secrets, also as JSON or an address escapes it. */
export function hiding(
  secrets: Iterable<string>,
  mask: (secret: string) => string,
): (text: string) => string {
  // The longest first: one can be a part of another.
  const sorted = [...new Set(secrets)].sort((a, b) => b.length - a.length);
  const forms = sorted.flatMap((secret) => formsOf(secret).map((form) => [form, mask(secret)] as const));
  return (text) => forms.reduce((told, [form, mask]) => told.replaceAll(form, () => mask), text);
}

/** Puts stars in the place of each of the secrets, as many as it has bytes: a sound or a picture keeps its measures. */
export function hidingIn(secrets: Iterable<string>): (bytes: Uint8Array) => Uint8Array {
  const long = [...new Set(secrets)].filter((secret) => Buffer.byteLength(secret) >= SHORTEST);
  const forms = long.flatMap(formsOf).sort((a, b) => b.length - a.length);
  return (bytes) => forms.reduce(starred, bytes);
}

function starred(bytes: Uint8Array, form: string): Uint8Array {
  const wanted = Buffer.from(form);
  let found = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = found.indexOf(wanted); at >= 0; at = found.indexOf(wanted, at + wanted.length)) {
    // What was given stays as it is.
    if (found.buffer === bytes.buffer) found = Buffer.from(found);
    found.fill("*", at, at + wanted.length);
  }
  return found;
}

function formsOf(secret: string): readonly string[] {
  return [...new Set([JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), secret])];
}
