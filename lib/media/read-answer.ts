/** Holds what a text provider gave against the shape that it was asked for: a model's word is no proof. */
import { z } from "zod";
import { Failure } from "../base/failure.ts";

/** `help`: how to come to another answer. @throws Failure that tells what is not as asked */
export function readAnswer<Shape extends z.ZodType>(
  shape: Shape,
  answer: unknown,
  help: string,
): z.output<Shape> {
  const checked = shape.safeParse(answer);
  if (checked.success) return checked.data;
  throw new Failure(
    `The text provider's answer is not what it was asked for: ${z.prettifyError(checked.error)}`,
    {
      code: "api.text",
      help,
    },
  );
}
