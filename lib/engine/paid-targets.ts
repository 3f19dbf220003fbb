/** Which targets of a pipeline can cost money. */
import type { Described } from "./request.ts";

/** Names of those whose task uses a paid tool, for any of its inputs. */
export function paidTargets({ pipeline, tasks, tools }: Described): ReadonlySet<string> {
  const paid = pipeline.targets.filter(({ recipe }) => {
    const task = recipe.kind === "task" ? tasks.get(recipe.type) : undefined;
    const used = task === undefined ? [] : [...task.tools, ...Object.values(task.toolsFor).flat()];
    return used.some((name) => tools.get(name)?.paid);
  });
  return new Set(paid.map(({ name }) => name));
}
