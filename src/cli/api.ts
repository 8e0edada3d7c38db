import { Command } from "commander";
import type { Io } from "./io.ts";
export const apiCommand = (_io: Io): Command => new Command("api");
