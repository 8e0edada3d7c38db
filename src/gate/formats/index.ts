import type { Format, FormatName } from "./format.ts";
import { text } from "./text.ts";

export type { Format, FormatContext, FormatName } from "./format.ts";

const planned = (id: FormatName): Format => ({ ...text, id });

/** Every format by its name, in the order in which `--help` lists them. */
export const FORMATS: Readonly<Record<FormatName, Format>> = {
  text,
  json: planned("json"),
  github: planned("github"),
  junit: planned("junit"),
  sarif: planned("sarif"),
  gitlab: planned("gitlab"),
  markdown: planned("markdown"),
};
