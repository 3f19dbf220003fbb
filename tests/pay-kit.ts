/** A paid service on loopback, a task that buys from it, and a project that is built with both. */
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { Failure } from "../lib/base/failure.ts";
import type { LedgerRecord } from "../lib/model/ledger.ts";
import type { Till } from "../lib/model/purchase.ts";
import type { Task, Tool } from "../lib/model/task.ts";
import { LedgerReader } from "../lib/store/ledger.ts";
import { defineTask, z } from "../lib/task.ts";
import { TASKS, type Workshop, workshop } from "./workshop.ts";

/**
 * What a request meets: an answer, a refusal that costs nothing, a connection that is cut after the work was done, a whole
 * answer that is charged and of no use.
 */
export type Meets = "answer" | "refusal" | "cut" | "useless";

export interface Service {
  readonly url: string;
  /** What was asked, in order. */
  readonly asked: string[];
  /** What was asked and charged. */
  readonly charged: string[];
  /** What the next requests meet, in order; an answer after that. */
  next: Meets[];
  /** Resolves when that many requests have come. */
  arrived(count: number): Promise<void>;
  /** While set, no request is answered. */
  hold: Promise<void> | undefined;
}

/** Closed when the test ends. Each answer is the request in capitals. */
export async function service(): Promise<Service> {
  const arrivals = new Set<() => void>();
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    own.asked.push(text);
    for (const arrived of [...arrivals]) arrived();
    await own.hold;
    answer(own, text, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const own: Service = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    charged: [],
    next: [],
    hold: undefined,
    async arrived(count) {
      while (own.asked.length < count)
        await new Promise<void>((resolve) => {
          const arrived = () => {
            arrivals.delete(arrived);
            resolve();
          };
          arrivals.add(arrived);
        });
    },
  };
  return own;
}

function answer(own: Service, text: string, response: ServerResponse): void {
  const meets = own.next.shift() ?? "answer";
  if (meets === "refusal") {
    response.writeHead(429).end("too many requests");
    return;
  }
  own.charged.push(text);
  if (meets === "cut") response.destroy();
  else response.end(meets === "useless" ? USELESS : text.toUpperCase());
}

const USELESS = "no picture";

/** What a request costs, in US dollars. */
export const PRICE = 0.04;

/** As a provider has it: one request a purchase, and no retries. */
export interface Painter {
  paint(text: string, given: { readonly till: Till; readonly signal: AbortSignal }): Promise<Uint8Array>;
  readonly price: number | undefined;
}

/** `price`: null for one that nobody knows. */
export function painter(service: Service, dollars: number | null = PRICE, model = "brush-1"): Painter {
  const price = dollars ?? undefined;
  return {
    price,
    paint: (text, { till, signal }) =>
      till.buy({ provider: "studio", model, request: { text }, estimate: price }, async () => {
        const response = await fetch(service.url, { method: "POST", body: text, signal });
        if (!response.ok)
          throw Object.assign(new Failure(`the studio said ${response.status}.`), { charged: "no" });
        const body = new Uint8Array(await response.arrayBuffer());
        const bill = { cost: price, usage: { pictures: 1 } };
        if (Buffer.from(body).toString() === USELESS)
          throw Object.assign(new Failure("the studio gave no picture."), { charged: bill });
        return { body, ...bill };
      }),
  };
}

type Run = Parameters<typeof defineTask>[0]["run"];
type Given = Parameters<Run>[0] & { readonly params: { readonly texts: readonly string[] } };

/** Paints each text, and writes all that it was given. */
export async function paintAll({ params, tools, outputs, till, signal }: Given): Promise<void> {
  const image = tools.image as unknown as Painter;
  const parts: string[] = [];
  for (const text of params.texts)
    parts.push(Buffer.from(await image.paint(text, { till, signal })).toString());
  await outputs.text!.write(parts.join(" "));
}

export function paintTask(run: (given: Given) => Promise<void> = paintAll): ReadonlyMap<string, Task> {
  const paint = defineTask({
    type: "paint",
    version: 1,
    params: z.strictObject({ texts: z.array(z.string()).min(1) }),
    outputs: { text: "txt" },
    tools: ["image"],
    pool: "image",
    estimate({ params, tools }) {
      const { price } = tools.image as unknown as Painter;
      return price === undefined ? undefined : price * params.texts.length;
    },
    run: (given) => run(given as unknown as Given),
  });
  return new Map([...TASKS, paint].map((task) => [task.type, task]));
}

export function paidTools(value: Painter, identity = "studio brush-1"): ReadonlyMap<string, Tool> {
  return new Map([["image", { identity, paid: true, value }]]);
}

/** One picture. */
export const ONE = `
targets:
  image: { task: paint, with: { texts: [one] }, out: one.txt }
`;

export function ledgerOf(shop: Workshop, name = "ledger"): readonly LedgerRecord[] {
  return new LedgerReader(shop.path(`.faceless/${name}`), name).readOn().records;
}

/** "intent", "paid"… in order. */
export const kinds = (shop: Workshop, name?: string) => ledgerOf(shop, name).map(({ kind }) => kind);

export type Build = NonNullable<Parameters<Workshop["build"]>[0]>;

export async function payShop(pipeline = ONE, run?: (given: Given) => Promise<void>) {
  const studio = await service();
  const shop = workshop({ "/pipelines/p.yaml": pipeline });
  const tasks = paintTask(run);
  const tools = paidTools(painter(studio));
  return { studio, shop, build: (changes: Build = {}) => shop.build({ tasks, tools, ...changes }) };
}
