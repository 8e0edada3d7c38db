import { Command, InvalidArgumentError } from "commander";
import type { DemoOptions } from "./demo/events.ts";
import { runDemo } from "./demo/run.ts";
import { withExamples } from "./example.ts";
import type { Io } from "./io.ts";

/** Shows the order pipeline end to end, on parts that it starts and takes down again. */
export const demoCommand = (io: Io): Command =>
  withExamples(
    new Command("demo")
      .description("Show the order pipeline end to end, on a broker and a registry that it brings.")
      .option("--orders <count>", "how many orders to post", wholeNumber, 5_000)
      .option("--seed <number>", "the same seed posts the same events", wholeNumber)
      .option("--keep", "leave everything running until Ctrl-C, to try it out")
      .option("--json", "print the outcome as one JSON document")
      .action((options: Partial<DemoOptions> & { orders: number; keep?: boolean; json?: boolean }) =>
        runDemo(io, {
          orders: options.orders,
          seed: options.seed ?? Date.now() % 2 ** 31,
          now: Date.now(),
          keep: options.keep ?? false,
          json: options.json ?? false,
        }),
      ),
    [
      ["sluice demo", "5,000 orders, some of them wrong"],
      ["sluice demo --orders 200 --seed 7", "a short one, the same each time"],
      ["sluice demo --keep", "post to it yourself afterwards"],
    ],
  );

function wholeNumber(given: string): number {
  if (!/^[1-9]\d{0,8}$/.test(given)) throw new InvalidArgumentError("A whole number from 1 is expected.");
  return Number(given);
}
