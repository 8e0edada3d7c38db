import { Command } from "commander";
import type { Io } from "./io.ts";
export const groupsCommand = (_io: Io): Command => new Command("groups");
