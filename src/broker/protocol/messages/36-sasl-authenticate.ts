import { defineApi } from "../api.ts";
import { bytes, int16, int64, string } from "../field.ts";

/** Carries one step of the mechanism's conversation. */
export const saslAuthenticate = defineApi({
  key: 36,
  name: "SaslAuthenticate",
  versions: [0, 2],
  flexibleSince: 2,
  request: {
    authBytes: bytes,
  },
  response: {
    errorCode: int16,
    errorMessage: string.orNull(),
    authBytes: bytes,
    sessionLifetimeMs: int64.from(1).or(0n),
  },
});
