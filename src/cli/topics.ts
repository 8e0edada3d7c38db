import { Command } from "commander";
import type { Io } from "./io.ts";
export const topicsCommand = (_io: Io): Command => new Command("topics");
