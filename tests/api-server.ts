/** A server on loopback that behaves like OpenAI, Azure OpenAI, ElevenLabs and Pexels, with faults to order. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { canonicalJson, type Json, type JsonObject } from "../lib/base/json.ts";
import { type Asked, type Reply, type Route, routeOf } from "./api-routes.ts";

/** What a request meets instead of its answer. Where the work was done all the same, it was charged. */
export type ServerFault =
  | { readonly status: number; readonly body?: Json; readonly headers?: Readonly<Record<string, string>> }
  /** Status 200, and a page of these words. */
  | { readonly page: string }
  /** No byte ever comes; headers and half a body, and no more. Charged. */
  | "stall"
  | "stall-body"
  /** The connection is closed before the answer; in the middle of it; the answer ends early, though it says it is whole. Charged. */
  | "reset"
  | "truncate"
  | "short"
  /** Status 200, and a proxy's page; JSON of another shape. */
  | "html"
  | "shape";

export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage["headers"];
  readonly body: Json;
  /** Of all that was asked: two requests with one key ask for the same. */
  readonly key: string;
  readonly route: Route | undefined;
  readonly fault: ServerFault | undefined;
  /** A real service would have taken money for it. */
  charged: boolean;
  /** The whole answer reached the other side. */
  delivered: boolean;
}

export interface ApiServer {
  /** "http://127.0.0.1:43210", without a slash at its end. */
  readonly url: string;
  readonly log: readonly LoggedRequest[];
  /** What the next requests meet, in order; undefined is a good answer. */
  script(...faults: (ServerFault | undefined)[]): void;
  /**
   * Every request meets one of the faults of its route with that share (0 to 1), by seed, request, and how often it came:
   * never by order.
   */
  chaos(
    seed: string,
    share: number,
    faultsOf: (route: Route["name"] | undefined) => readonly ServerFault[],
  ): void;
  /** Of the text that a model answers; undefined for one made to the shape that is asked for. */
  answerText: ((body: JsonObject) => JsonObject | undefined) | undefined;
  /** What a text tells that it used; undefined for what it is about. */
  answerUsage: JsonObject | undefined;
  /** Milliseconds before each answer, for a test that kills who waits for it. */
  latency: number;
  /** Answers nobody until the gate is opened. */
  hold(): { open(): void };
  /** Resolves when so many requests have come, since the start. */
  arrived(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Keys that the server takes; one of another text is refused with 401. */
export const KEY = "sk-test-canary-0123456789";

export async function startApiServer(): Promise<ApiServer> {
  const log: LoggedRequest[] = [];
  const scripted: (ServerFault | undefined)[] = [];
  const arrivals = new Set<() => void>();
  const sockets = new Set<Socket>();
  let gate: Promise<void> | undefined;
  let drawn: (key: string, nth: number, route: Route | undefined) => ServerFault | undefined = () =>
    undefined;

  const http = createServer((request, response) => void serve(request, response));
  http.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { pathname, searchParams } = new URL(request.url!, url);
    const body = readBody(Buffer.concat(chunks), request.headers["content-type"] ?? "");
    const key = createHash("sha256")
      .update(canonicalJson([request.method!, request.url!, body]))
      .digest("hex");
    const nth = log.filter((one) => one.key === key).length;
    const route = routeOf(request.method!, pathname);
    const fault = scripted.length > 0 ? scripted.shift() : drawn(key, nth, route);
    const entry: LoggedRequest = {
      method: request.method!,
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: request.headers,
      body,
      key,
      route,
      fault,
      charged: false,
      delivered: false,
    };
    log.push(entry);
    for (const arrived of arrivals) arrived();
    await gate;
    if (server.latency > 0) await wait(server.latency);
    const { answerText, answerUsage } = server;
    const good: Reply =
      route === undefined
        ? json(404, { error: { code: "404", message: "Resource not found" } })
        : answered(route, { ...entry, ...{ answerText, answerUsage }, url, nth: log.length, key: KEY });
    response.on("close", () => {
      entry.delivered = response.writableFinished && !cutsOff(fault);
    });
    entry.charged = typeof fault === "object" ? false : good.status === 200;
    send(response, good, fault);
  }

  const server: ApiServer = {
    url,
    log,
    answerText: undefined,
    answerUsage: undefined,
    latency: 0,
    script: (...faults) => void scripted.push(...faults),
    chaos(seed, share, faultsOf) {
      drawn = (key, nth, route) => {
        const faults = faultsOf(route?.name);
        const draw = createHash("sha256").update(`${seed} ${key} ${nth}`).digest();
        if (draw.readUInt32LE(0) / 2 ** 32 >= share) return undefined;
        return faults[draw.readUInt32LE(4) % faults.length];
      };
    },
    hold() {
      let open = () => {};
      gate = new Promise((resolve) => {
        open = resolve;
      });
      return { open: () => open() };
    },
    async arrived(count) {
      while (log.length < count) {
        await new Promise<void>((resolve) => {
          const arrived = () => {
            arrivals.delete(arrived);
            resolve();
          };
          arrivals.add(arrived);
        });
      }
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      http.close();
      await once(http, "close");
    },
  };
  return server;
}

/** What the server cannot make sense of is refused, as by a real one. */
function answered(route: Route, asked: Asked): Reply {
  try {
    return route.answer(asked);
  } catch (error) {
    return json(400, { error: { code: "invalid_request", message: (error as Error).message } });
  }
}

function cutsOff(fault: ServerFault | undefined): boolean {
  return fault !== undefined && typeof fault === "string" && fault !== "html" && fault !== "shape";
}

const json = (status: number, body: Json): Reply => ({
  status,
  headers: { "content-type": "application/json" },
  body: Buffer.from(JSON.stringify(body)),
});

const page = (html: string): Reply => ({
  status: 200,
  headers: { "content-type": "text/html" },
  body: Buffer.from(html),
});

function send(response: ServerResponse, good: Reply, fault: ServerFault | undefined): void {
  if (fault === undefined || good.status !== 200) sendWhole(response, good);
  else if (typeof fault === "object")
    sendWhole(response, "page" in fault ? page(fault.page) : answerOf(fault));
  else if (fault === "html") sendWhole(response, page("<html><title>Proxy</title></html>"));
  else if (fault === "shape") sendWhole(response, json(200, { object: "something else" }));
  else if (fault === "short") sendWhole(response, { ...good, body: half(good) });
  else if (fault === "reset") response.socket!.resetAndDestroy();
  else if (fault !== "stall") {
    response.writeHead(good.status, { ...good.headers, "content-length": good.body.length });
    response.write(half(good), () => {
      if (fault === "truncate") response.socket!.destroy();
    });
  }
}

/** An answer that is good has an id; one that is not has what its fault says. */
function sendWhole(response: ServerResponse, { status, headers, body }: Reply): void {
  const id = status === 200 ? { "x-request-id": "req_test" } : {};
  response.writeHead(status, { ...id, ...headers, "content-length": body.length });
  response.end(body);
}

function answerOf({ status, body, headers }: Extract<ServerFault, { status: number }>): Reply {
  const answer = json(status, body ?? { error: { message: `status ${status}` } });
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

const half = ({ body }: Reply) => body.subarray(0, body.length >> 1);

/** JSON, or the fields of a form with a digest in the place of each file. */
function readBody(bytes: Buffer, type: string): Json {
  if (bytes.length === 0) return null;
  if (type.startsWith("application/json")) return JSON.parse(bytes.toString("utf8")) as Json;
  const boundary = /boundary=(\S+)/.exec(type)?.[1];
  if (boundary === undefined) return bytes.toString("latin1");
  const parts = bytes.toString("latin1").split(`--${boundary}`).slice(1, -1);
  const fields = parts.map((part): [string, Json] => {
    const [head = "", content = ""] = part.split(/\r\n\r\n([\s\S]*)\r\n$/);
    const name = /name="([^"]*)"/.exec(head)?.[1] ?? "";
    const file = /filename="/.test(head);
    const text = Buffer.from(content, "latin1");
    return [name, file ? createHash("sha256").update(text).digest("hex") : text.toString("utf8")];
  });
  // A name that ends so is one of a list, and comes once for each.
  const listed = fields.flatMap(([name]) => (name.endsWith("[]") ? [name] : []));
  const lists = listed.map((name): [string, Json] => [
    name,
    fields.flatMap(([other, value]) => (other === name ? [value] : [])),
  ]);
  return Object.fromEntries([...fields, ...lists]);
}
