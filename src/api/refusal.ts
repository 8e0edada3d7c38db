import type { Emit } from "../events.ts";
import type { Tallies } from "./metrics/tallies.ts";
import { Problem, problemResponse } from "./problems.ts";

/** Turns whatever was thrown into an answer. What is no Problem is our own failure: the operator hears of it, not the client. */
export type Refusal = (thrown: unknown) => Response;

/** Builds the one place where errors become answers, and are counted. */
export function createRefusal({ tallies, emit }: { tallies: Tallies; emit: Emit }): Refusal {
  return (thrown) => {
    const problem = thrown instanceof Problem ? thrown : new Problem("INTERNAL", "the API's log says more");
    if (problem !== thrown) emit("api.failed", { error: thrown });
    else emit("api.refused", { problem: problem.kind, status: problem.status, detail: problem.message });
    tallies.problem(problem.kind);
    return problemResponse(problem);
  };
}
