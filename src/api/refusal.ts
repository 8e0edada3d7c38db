import type { Emit } from "../events.ts";
import type { Tallies } from "./metrics/tallies.ts";
import { Problem, problemResponse } from "./problems.ts";

/** Turns whatever was thrown into an answer. What is no Problem is our own failure: the operator hears of it, not the client. */
export type Refusal = (thrown: unknown, request: Request) => Response;

/** Builds the one place where errors become answers, and are counted. */
export function createRefusal({ tallies, emit }: { tallies: Tallies; emit: Emit }): Refusal {
  return (thrown, request) => {
    const problem = thrown instanceof Problem ? thrown : new Problem("INTERNAL", "the API's log says more");
    if (problem !== thrown) emit("api.failed", { error: thrown });
    else {
      const { kind, status, message } = problem;
      const { pathname } = new URL(request.url);
      emit("api.refused", { method: request.method, path: pathname, problem: kind, status, detail: message });
    }
    tallies.problem(problem.kind);
    return problemResponse(problem);
  };
}
