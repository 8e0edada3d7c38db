import { defineApi } from "../api.ts";
import { array, int16, string } from "../field.ts";

/** Says which mechanism the client will authenticate with. */
export const saslHandshake = defineApi({
  key: 17,
  name: "SaslHandshake",
  versions: [0, 1],
  request: {
    mechanism: string,
  },
  response: {
    errorCode: int16,
    mechanisms: array(string),
  },
});
