/** Requests through HTTP proxies on loopback: what goes through, what does not, and what is told of it. */
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import { proxyPasswords, secretsIn } from "../lib/base/secrets.ts";
import { classify } from "../lib/providers/call/classify.ts";
import { patientFetch } from "../lib/providers/call/fetch.ts";
import { proxyFor, proxyOf } from "../lib/providers/call/proxies.ts";
import { type ApiServer, KEY, startApiServer } from "./api-server.ts";
import { type ProxyServer, startProxy, startTls } from "./proxy-server.ts";
import { repo } from "./small-repo.ts";

async function behind(behaviour: Parameters<typeof startProxy>[1] = {}): Promise<[ApiServer, ProxyServer]> {
  const server = await startApiServer();
  onTestFinished(() => server.close());
  const proxy = await startProxy(portOf(server), behaviour);
  onTestFinished(() => proxy.close());
  return [server, proxy];
}

const SUCH =
  "that of an HTTP proxy is such as http://user:password@proxy.example:3128, with %40 for an @ in a password";

const portOf = ({ url }: ApiServer) => Number(new URL(url).port);

const ask = (env: NodeJS.ProcessEnv, url = "http://service.test", init: RequestInit = {}) =>
  patientFetch(env)(`${url}/v1/chat/completions?a=b`, {
    method: "POST",
    headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
    body: JSON.stringify({ messages: [{ content: "naïve" }] }),
    ...init,
  });

async function faultOf(doing: Promise<unknown>) {
  const error = await doing.then(
    () => new Error("it succeeded"),
    (error: unknown) => error,
  );
  const { kind, charged, message } = classify(error, 0);
  return [kind, charged, message];
}

describe("a plain request", () => {
  test("is made of the proxy with the whole address, and its answer comes back whole", async () => {
    const [server, proxy] = await behind({ user: "me:p@ss/word" });
    const response = await ask({ http_proxy: `http://me:p%40ss%2Fword@${proxy.host}` });
    expect([response.status, await response.json()]).toMatchObject([200, { object: "chat.completion" }]);
    expect(proxy.log.map(({ asked }) => asked)).toEqual(["POST http://service.test/v1/chat/completions?a=b"]);
    const [{ path, query, body, headers }] = server.log as [(typeof server.log)[0]];
    expect([path, query, body]).toEqual([
      "/v1/chat/completions",
      { a: "b" },
      { messages: [{ content: "naïve" }] },
    ]);
    expect([headers.host, headers["proxy-authorization"]]).toEqual(["service.test", undefined]);
  });

  test("to this machine, or to a host that no_proxy names, goes by no proxy", async () => {
    const [server, proxy] = await behind();
    expect((await ask({ http_proxy: proxy.host }, server.url)).status).toBe(200);
    const direct = ask({ http_proxy: proxy.host, no_proxy: "service.test" });
    expect((await faultOf(direct))[0]).toBe("connection");
    expect([server.log.length, proxy.log.length]).toEqual([1, 0]);
  });

  test("that the proxy refuses was never charged", async () => {
    const [server, proxy] = await behind({ user: "me:right-password" });
    const env = { HTTP_PROXY: `me:wrong-password@${proxy.host}` };
    expect(await faultOf(ask(env))).toEqual([
      "proxy",
      "no",
      `the proxy http://${proxy.host} answers 407 Proxy Authentication Required`,
    ]);
    expect([server.log.length, proxy.log.length]).toEqual([0, 1]);
  });

  test("that is cut off once the proxy has it may have been charged", async () => {
    const [, proxy] = await behind({ fault: "hang up" });
    expect(await faultOf(ask({ http_proxy: proxy.host }))).toEqual(["connection", "maybe", "socket hang up"]);
  });
});

describe("a tunnel", () => {
  const secure = "https://service.test";

  test.each([403, 407])(
    "that the proxy refuses was never charged, and is not asked for again: %i",
    async (fault) => {
      const [, proxy] = await behind({ fault });
      expect(await faultOf(ask({ https_proxy: `http://${proxy.host}` }, secure))).toEqual([
        "proxy",
        "no",
        `the proxy http://${proxy.host} answers ${fault} Not Today`,
      ]);
      expect(proxy.log).toEqual([{ asked: "CONNECT service.test:443", authorization: undefined }]);
    },
  );

  test("that the proxy cannot make for now was never charged, and may be later", async () => {
    const [, proxy] = await behind({ fault: 503 });
    expect(await faultOf(ask({ https_proxy: proxy.host }, secure))).toEqual([
      "proxy-down",
      "no",
      `the proxy http://${proxy.host} answers 503 Not Today`,
    ]);
  });

  test("that ends before it is made was never charged", async () => {
    const [, proxy] = await behind({ fault: "hang up" });
    const [kind, charged, message] = await faultOf(ask({ https_proxy: proxy.host }, secure));
    expect([kind, charged]).toEqual(["proxy-down", "no"]);
    expect(message).toMatch(`the proxy http://${proxy.host} cannot be reached: `);
  });

  test("is not waited for after an abort, and leaves nothing open", async () => {
    const [, proxy] = await behind({ fault: "stall" });
    const controller = new AbortController();
    const stopped = new DOMException("late", "TimeoutError");
    const answer = ask({ https_proxy: proxy.host }, secure, { signal: controller.signal });
    const rejected = expect(answer).rejects.toBe(stopped);
    while (proxy.log.length === 0) await new Promise(setImmediate);
    const [socket] = proxy.sockets;
    const closed = once(socket!, "close");
    controller.abort(stopped);
    await rejected;
    await closed;
    expect(proxy.sockets.size).toBe(0);
  });
});

test.each(["http://service.test", "https://service.test"])("no proxy there: %s", async (url) => {
  const [, proxy] = await behind();
  await proxy.close();
  expect(await faultOf(ask({ all_proxy: proxy.host }, url))).toEqual([
    "proxy-down",
    "no",
    `the proxy http://${proxy.host} cannot be reached: connect ECONNREFUSED ${proxy.host}`,
  ]);
});

describe("which proxy", () => {
  const chosen = (env: NodeJS.ProcessEnv, url: string) => proxyFor(new URL(url), env)?.address.origin;

  test("by scheme, in lower case before upper case, else the one for all", () => {
    const env = {
      https_proxy: "http://lower:1",
      HTTPS_PROXY: "http://upper:1",
      HTTP_PROXY: "https://plain",
    };
    expect(chosen(env, "https://a.example")).toBe("http://lower:1");
    expect(chosen(env, "http://a.example")).toBe("https://plain");
    expect(chosen({ ALL_PROXY: "all:3128" }, "https://a.example")).toBe("http://all:3128");
    expect(chosen({ HTTPS_PROXY: " " }, "https://a.example")).toBeUndefined();
    expect(chosen({ HTTP_PROXY: "plain:1" }, "https://a.example")).toBeUndefined();
  });

  test.each([
    ["*", "https://a.example", false],
    ["a.example", "https://a.example", false],
    ["A.Example", "https://a.example/v1", false],
    ["example", "https://a.example", false],
    [".a.example", "https://b.a.example", false],
    ["*.a.example", "https://b.a.example", false],
    ["b.example, a.example", "https://a.example", false],
    ["a.example:443", "https://a.example", false],
    ["a.example:8443", "https://a.example", true],
    ["ample", "https://a.example", true],
    ["10.0.0.5", "https://10.0.0.5", false],
    ["[2001:db8::1]", "https://[2001:db8::1]", false],
    ["", "https://a.example", true],
    ["", "https://localhost:1234", false],
    ["", "https://ollama.localhost", false],
    ["", "https://127.0.0.2", false],
    ["", "https://[::1]:80", false],
    ["", "https://localhost.example", true],
  ])("no_proxy=%s: %s", (no_proxy, url, isProxied) => {
    expect(chosen({ https_proxy: "proxy:1", NO_PROXY: no_proxy }, url) !== undefined).toBe(isProxied);
  });

  test.each([
    [{ HTTPS_PROXY: "socks5://me:secret-password@a:1" }, "HTTPS_PROXY begins with socks5://"],
    [{ https_proxy: "http://me:secret-%-password@a:1" }, "https_proxy is no address"],
    [{ all_proxy: "http://a b" }, "all_proxy is no address"],
  ])("one that cannot be used, where it would be: %o", async (env, what) => {
    expect(await faultOf(ask(env, "https://service.test"))).toEqual(["proxy", "no", `${what}; ${SUCH}`]);
    expect(proxyFor(new URL("https://localhost"), env)).toBeUndefined();
    expect(proxyOf("https", { ...env, https_proxy: "proxy:1" })?.address.origin).toBe("http://proxy:1");
  });

  test("its password is a secret", () => {
    const env = {
      HTTPS_PROXY: "http://me:long-p%40ssword@proxy:1",
      http_proxy: "me:p@ss@proxy",
      ALL_PROXY: "http://me@proxy",
      NO_PROXY: "a:80,b@c",
    };
    expect([...proxyPasswords(env)]).toEqual([
      ["HTTPS_PROXY", "long-p@ssword"],
      ["http_proxy", "p@ss"],
    ]);
    expect([...secretsIn(env)]).toEqual([["HTTPS_PROXY", "long-p@ssword"]]);
  });
});

describe("the program", () => {
  const shop = () =>
    repo({
      "faceless.config.yaml": `pipeline: p
providers: { mine: { type: openai, base_url: "https://service.test/v1", api_key_env: MINE_KEY, image: { model: painter } } }
use: { image: mine }
niches: { demo: {} }
`,
      "pipelines/p.yaml": `targets:
  image: { task: image, with: { prompt: "A lake", style: {}, size: 300x200 }, out: a.png }
`,
    });

  test("builds through a tunnel that .env names, and tells by which proxy", async () => {
    const server = await startApiServer();
    onTestFinished(() => server.close());
    const tls = await startTls(portOf(server));
    onTestFinished(() => tls.close());
    const proxy = await startProxy(tls.port, { user: "me:long-password" });
    onTestFinished(() => proxy.close());
    const made = shop();
    made.write(
      ".env",
      `MINE_KEY=${KEY}\nHTTPS_PROXY=http://me:long-password@${proxy.host}\nNO_PROXY=b.example\n`,
    );
    writeFileSync(made.path("ca.pem"), tls.certificate);
    const env = { NODE_EXTRA_CA_CERTS: made.path("ca.pem"), DEBUG: "*" };
    const built = await made.run(["build", "output/demo"], { env });
    expect(built.code).toBe(0);
    expect(built.out + built.err).not.toContain("long-password");
    expect(server.log.map(({ path }) => path)).toEqual(["/v1/images/generations"]);
    expect(proxy.log).toEqual([
      {
        asked: "CONNECT service.test:443",
        authorization: `Basic ${Buffer.from("me:long-password").toString("base64")}`,
      },
    ]);
    const info = (await made.run(["info"])).out;
    expect(info).toContain(`https: http://${proxy.host}; not for b.example, nor for this machine`);
    expect(info).not.toContain("long-password");
  });

  test("tells that a proxy refuses", async () => {
    const [, proxy] = await behind({ user: "me:another-password" });
    const made = shop();
    const env = { MINE_KEY: KEY, HTTPS_PROXY: `http://me:long-password@${proxy.host}` };
    const { code, out } = await made.run(["build", "output/demo"], { env });
    expect(code).toBe(1);
    expect(out).toContain(
      `mine cannot be asked through the proxy: the proxy http://${proxy.host} answers 407 Not Today.`,
    );
    expect(proxy.log).toHaveLength(1);
    const odd = await made.run(["build", "output/demo"], { env: { ...env, HTTPS_PROXY: "socks5://a" } });
    expect([
      odd.code,
      odd.out.includes(`through the proxy: HTTPS_PROXY begins with socks5://; ${SUCH}.`),
    ]).toEqual([1, true]);
  });
});
