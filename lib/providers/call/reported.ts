/** One sending of a request, told to whoever keeps a log. */
import type { Answer } from "../../model/purchase.ts";
import type { RequestReport } from "../../model/request-report.ts";
import type { Notice } from "../../model/task.ts";
import { type Exchange, type Sending, sendOnce } from "./exchange.ts";
import { CallError } from "./fault.ts";

export interface Reporting {
  /** The provider's name in the configuration. */
  readonly provider: string;
  readonly attempt: number;
  readonly notice: Notice;
}

/** @throws CallError */
export async function sendReported(
  exchange: Exchange<unknown>,
  sending: Sending,
  { provider, attempt, notice }: Reporting,
): Promise<Answer> {
  const { clock } = sending;
  const began = clock.now();
  const report = (ended: Pick<RequestReport, "status" | "fault" | "requestId">) => {
    const { model, use } = exchange;
    notice.request?.({ provider, model, use, attempt, ms: clock.now() - began, ...ended });
  };
  try {
    const { answer, status, requestId } = await sendOnce(exchange, sending);
    report({ status, requestId });
    return answer;
  } catch (error) {
    if (error instanceof CallError) {
      const { status, kind, requestId } = error.fault;
      report({ status, fault: kind, requestId });
    }
    throw error;
  }
}
