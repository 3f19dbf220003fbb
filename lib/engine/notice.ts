/** What is told of an action while it is made, as events. */
import type { BuildEvent } from "../model/event.ts";
import type { Action } from "../model/pipeline.ts";
import type { RequestReport } from "../model/request-report.ts";
import type { Notice } from "../model/task.ts";

export function noticeOf({ id, target }: Action, emit: (event: BuildEvent) => void): Notice {
  const about = { action: id, target: target.name };
  const notice: Notice = (text, { minor = false } = {}) =>
    emit({ type: "notice", ...about, text, ...(minor && { minor }) });
  return Object.assign(notice, {
    request: (report: RequestReport) => emit({ type: "request", ...about, ...report }),
  });
}
