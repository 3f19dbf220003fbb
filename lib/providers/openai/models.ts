/** Asks a service that speaks OpenAI's protocol which models it has: free, and tells whether address and key are right. */
import { z } from "zod";
import { Failure } from "../../base/failure.ts";
import { suggest } from "../../base/nearest.ts";
import { plural } from "../../base/plural.ts";
import { codeOf } from "../call/asked.ts";
import { classify } from "../call/classify.ts";
import { BadAnswer } from "../call/fault.ts";
import { readJson } from "../call/read-json.ts";
import type { Use } from "../call/subject.ts";
import type { Shutdown, TestConnection } from "../connection.ts";
import type { Backend, Model } from "./backend.ts";

const listShape = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      /** OpenAI's `GET /v1/models`: the day on which it is switched off. */
      shutdown_date: z.string().nullish(),
      /** Azure's "Models – List" (learn.microsoft.com/rest/api/azureopenai/models/list): seconds since 1970. */
      deprecation: z.object({ inference: z.number().nullish() }).nullish(),
    }),
  ),
});

/** What is told of one model. */
type Listed = z.output<typeof listShape>["data"][number];

interface Used {
  readonly use: Use;
  readonly model: Model;
}

/**
 * `used`: what requests are going to be sent to. `isDeployed`: they are sent to deployments, which have names of their own;
 * the list has models, and tells nothing of these.
 */
export function testModels(
  backend: Backend,
  used: () => readonly Used[],
  { isDeployed }: { readonly isDeployed: boolean },
): TestConnection {
  return async ({ signal }) => {
    const models = used();
    const listed = await list(backend, models[0]?.model, signal);
    const seen = models.map((one) => (isDeployed ? seeDeployed(one, listed) : see(one, listed)));
    return {
      found: [plural(listed.length, "model"), ...new Set(seen.flatMap(({ remarks }) => remarks))],
      shutdowns: distinct(seen.flatMap(({ shutdowns }) => shutdowns)),
    };
  };
}

interface SeenModel {
  readonly remarks: readonly string[];
  readonly shutdowns: readonly Shutdown[];
}

/** @throws Failure where there is no such model */
function see({ use, model: { name } }: Used, listed: readonly Listed[]): SeenModel {
  const own = listed.find(({ id }) => id === name);
  if (own !== undefined) return { remarks: [], shutdowns: shutdownsOf([own]) };
  const ids = listed.map(({ id }) => id);
  const help = suggest(name, ids);
  throw new Failure(`the service answers, and has no model '${name}'.`, { code: codeOf(use), help });
}

function seeDeployed({ use, model: { id, name } }: Used, listed: readonly Listed[]): SeenModel {
  const versions = versionsOf(name, listed);
  const unseen = `whether there is a deployment '${id}', only a request can tell`;
  if (versions.length > 0)
    return { remarks: [unseen, ...sayVersions(name, versions)], shutdowns: shutdownsOf(versions) };
  const unknown =
    id === name
      ? `which model it has, \`${use}: { model: … }\` of the provider can say`
      : `no model is called '${name}'`;
  return { remarks: [unseen, unknown], shutdowns: [] };
}

/** Azure's ids have the version behind the name: "gpt-4o-2024-08-06", "dall-e-3-3.0", "gpt-4-1106-Preview". */
const VERSION = /^-\d[\d.-]*(-preview)?$/i;

/** The model of that very id, else all versions of what has that name. */
function versionsOf(name: string, listed: readonly Listed[]): readonly Listed[] {
  const exact = listed.filter(({ id }) => id === name);
  if (exact.length > 0) return exact;
  return listed.filter(({ id }) => id.startsWith(name) && VERSION.test(id.slice(name.length)));
}

/** Which of several a deployment has, the list does not tell. */
function sayVersions(name: string, versions: readonly Listed[]): readonly string[] {
  if (versions.length < 2) return [];
  const ids = versions.map((one) => {
    const date = shutdownOf(one);
    return date === undefined ? one.id : `${one.id} (until ${date})`;
  });
  return [`'${name}' has the versions ${ids.join(", ")}`];
}

/** Of several versions the last that goes: from then on none is left, whichever it is. None where one of them stays. */
function shutdownsOf(versions: readonly Listed[]): readonly Shutdown[] {
  const all = versions.flatMap((one) => {
    const date = shutdownOf(one);
    return date === undefined ? [] : [{ model: one.id, date }];
  });
  if (all.length < versions.length) return [];
  return all.sort((a, b) => (a.date < b.date ? -1 : 1)).slice(-1);
}

function shutdownOf({ shutdown_date, deprecation }: Listed): string | undefined {
  if (typeof shutdown_date === "string") return shutdown_date;
  const seconds = deprecation?.inference;
  return typeof seconds === "number" ? new Date(seconds * 1_000).toISOString().slice(0, 10) : undefined;
}

function distinct(shutdowns: readonly Shutdown[]): readonly Shutdown[] {
  return [...new Map(shutdowns.map((one) => [one.model, one])).values()];
}

/** `model`: one of those in use; the route does not depend on it. */
async function list(
  backend: Backend,
  model: Model = { id: "", name: "" },
  signal: AbortSignal,
): Promise<readonly Listed[]> {
  const openai = await backend.connect(model);
  try {
    const response = await openai.models.list({ signal }).asResponse();
    const read = listShape.safeParse(readJson(new Uint8Array(await response.arrayBuffer())));
    if (!read.success) throw new BadAnswer("the answer is no list of models");
    return read.data.data;
  } catch (error) {
    signal.throwIfAborted();
    throw backend.client.failureOf(classify(error, Date.now()), undefined);
  }
}
