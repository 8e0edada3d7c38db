import { defineHandler } from "../parts.ts";
import { MESSAGES } from "../protocol/index.ts";
import { alterEach, assertNoNulls } from "./alteration.ts";

/** Gives topics these settings and no others. */
export const alterConfigs = defineHandler(
  MESSAGES.alterConfigs,
  (context, request) => ({
    throttleTimeMs: 0,
    responses: alterEach(context, request, ({ configs }) => {
      assertNoNulls(configs);
      return new Map(configs.flatMap(({ name, value }) => (value === null ? [] : [[name, value] as const])));
    }),
  }),
  { leftOut: ["changing settings of the broker while it runs"] },
);
