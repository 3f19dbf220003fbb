/** Which HTTP proxy a request goes through, by `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy` of the environment. */
import { Failure } from "../../base/failure.ts";

export interface HttpProxy {
  /** Without user and password, which is how it is shown: "http://proxy.example:3128/". */
  readonly address: URL;
  /** The value of the header Proxy-Authorization (RFC 7617); undefined where the address names no user. */
  readonly authorization: string | undefined;
}

/** Undefined where there is none. */
export interface Proxies {
  readonly https: HttpProxy | undefined;
  readonly http: HttpProxy | undefined;
  /** `no_proxy` as it is: "intranet.example, .test:8080". */
  readonly exempt: string;
}

/** @throws Failure for an address of a proxy that cannot be used */
export function proxiesIn(env: NodeJS.ProcessEnv): Proxies {
  const rest = proxyIn(env, "all_proxy");
  return {
    https: proxyIn(env, "https_proxy") ?? rest,
    http: proxyIn(env, "http_proxy") ?? rest,
    exempt: given(env, "no_proxy")?.value ?? "",
  };
}

/** Undefined for what is asked directly. */
export function proxyFor(url: URL, { https, http, exempt }: Proxies): HttpProxy | undefined {
  const proxy = url.protocol === "https:" ? https : http;
  return proxy === undefined || isLoopback(url) || isExempt(url, exempt) ? undefined : proxy;
}

/** In lower case, else in upper case, as most programs take them. */
function given(
  env: NodeJS.ProcessEnv,
  name: string,
): { readonly variable: string; readonly value: string } | undefined {
  const variable = [name, name.toUpperCase()].find((one) => env[one]?.trim());
  return variable === undefined ? undefined : { variable, value: env[variable]!.trim() };
}

function proxyIn(env: NodeJS.ProcessEnv, name: string): HttpProxy | undefined {
  const found = given(env, name);
  if (found === undefined) return undefined;
  const { variable, value } = found;
  const text = value.includes("://") ? value : `http://${value}`;
  const [scheme] = text.split("://");
  if (!/^https?$/i.test(scheme!)) throw unusable(`${variable} begins with ${scheme}://`);
  try {
    const { username, password, host, protocol } = new URL(text);
    const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    const authorization = user === ":" ? undefined : `Basic ${Buffer.from(user).toString("base64")}`;
    return { address: new URL(`${protocol}//${host}`), authorization };
  } catch {
    throw unusable(`${variable} is no address`);
  }
}

/** The value is not shown: there may be a password in it. */
function unusable(what: string): Failure {
  return new Failure(`${what}; that of a proxy is such as http://user:password@proxy.example:3128.`, {
    code: "config.environment",
    help: "Correct it in the environment, or in .env beside faceless.config.yaml. What is odd in a user or a password is written as in an address: %40 for @.",
  });
}

/** Nothing that runs on this machine is behind a proxy. */
function isLoopback({ hostname }: URL): boolean {
  return /^(.+\.)?localhost$|^127\.|^\[::1\]$/.test(hostname);
}

/** `list`: names that stand for all below them too, each with a port or for all of them; `*` for everything. */
function isExempt(url: URL, list: string): boolean {
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      const [, name = "", only = port] = ENTRY.exec(entry) ?? [];
      return entry === "*" || (only === port && `.${url.hostname}`.endsWith(`.${name}`) && name !== "");
    });
}

/** "intranet.example", ".intranet.example", "*.intranet.example:8443", "[2001:db8::1]". */
const ENTRY = /^(?:\*?\.)?(.*?)(?::(\d+))?$/;
