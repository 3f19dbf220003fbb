/** Which HTTP proxy a request goes through, by `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy` of the environment. */
import { ProxyError } from "./fault.ts";

export interface HttpProxy {
  /** Without user and password, which is how it is shown: "http://proxy.example:3128/". */
  readonly address: URL;
  /** The value of the header Proxy-Authorization (RFC 7617); undefined where the address names no user. */
  readonly authorization: string | undefined;
}

/** The proxy for an address; undefined where it is asked directly. @throws ProxyError for one that cannot be used */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv): HttpProxy | undefined {
  if (isLoopback(url) || isExempt(url, noProxyIn(env))) return undefined;
  return proxyOf(url.protocol === "https:" ? "https" : "http", env);
}

/** @throws ProxyError for one that cannot be used */
export function proxyOf(scheme: "https" | "http", env: NodeJS.ProcessEnv): HttpProxy | undefined {
  const found = given(env, `${scheme}_proxy`) ?? given(env, "all_proxy");
  return found && readProxy(found.variable, found.value);
}

/** As it is: "intranet.example, .test:8080"; empty where nothing is exempt. */
export function noProxyIn(env: NodeJS.ProcessEnv): string {
  return given(env, "no_proxy")?.value ?? "";
}

/** In lower case, else in upper case, as most programs take them. */
function given(
  env: NodeJS.ProcessEnv,
  name: string,
): { readonly variable: string; readonly value: string } | undefined {
  const variable = [name, name.toUpperCase()].find((one) => env[one]?.trim());
  return variable === undefined ? undefined : { variable, value: env[variable]!.trim() };
}

function readProxy(variable: string, value: string): HttpProxy {
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
function unusable(what: string): ProxyError {
  const such =
    "that of an HTTP proxy is such as http://user:password@proxy.example:3128, with %40 for an @ in a password";
  return new ProxyError(`${what}; ${such}`, { passing: false });
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
