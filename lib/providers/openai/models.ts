/** Asks a service that speaks OpenAI's protocol which models it has: free, and tells whether address and key are right. */
import { Failure } from "../../base/failure.ts";
import { suggest } from "../../base/nearest.ts";
import { plural } from "../../base/plural.ts";
import { classify } from "../call/classify.ts";
import { codeOf, type Use } from "../call/say.ts";
import type { TestConnection } from "../call.ts";
import type { Backend, Model } from "./backend.ts";

/** What `GET /v1/models` tells of one: OpenAI's has the date on which it is switched off. */
interface Listed {
  readonly id: string;
  readonly shutdown_date?: string | null;
}

/** `listsDeployed`: whether what requests are sent to is in the list; Azure's has models, and not deployments. */
export function testModels(
  backend: Backend,
  { id, name }: Model,
  { use, listsDeployed }: { readonly use: Use; readonly listsDeployed: boolean },
): TestConnection {
  return async (signal) => {
    const listed = await list(backend, { id, name }, use, signal);
    const own = listed.find((one) => one.id === name);
    if (own === undefined && listsDeployed) {
      throw new Failure(`the service answers, and has no model '${name}'.`, {
        code: codeOf(use),
        help: suggest(
          name,
          listed.map((one) => one.id),
        ),
      });
    }
    const models = plural(listed.length, "model");
    const found = listsDeployed ? models : `${models}; of the deployment '${id}' only a request can tell`;
    return { found, shutdown: own?.shutdown_date ?? undefined, model: own?.id };
  };
}

async function list(
  backend: Backend,
  model: Model,
  use: Use,
  signal: AbortSignal,
): Promise<readonly Listed[]> {
  const openai = await backend.connect(model);
  try {
    const { data } = await openai.models.list({ signal });
    return data as readonly Listed[];
  } catch (error) {
    signal.throwIfAborted();
    throw backend.client.failureOf(classify(error, Date.now()), { use, model: model.id, text: "" });
  }
}
