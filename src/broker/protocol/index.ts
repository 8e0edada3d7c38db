export {
  type Api,
  decodeRequest,
  decodeResponse,
  encodeRequest,
  encodeResponse,
  isFlexible,
  peekRequest,
  type RequestHeader,
  type RequestInput,
  type RequestOf,
  type ResponseInput,
  type ResponseOf,
} from "./api.ts";
export { decode, encode } from "./codec.ts";
export {
  ERROR_CODES,
  type ErrorName,
  errorName,
  KafkaFault,
  ProtocolError,
  RETRIABLE,
  type RecordError,
} from "./errors.ts";
export { type Decoded, type Encodable, type Fields, NIL_UUID, type Records } from "./field.ts";
export { MESSAGES } from "./messages.ts";
export { refusal } from "./refusal.ts";
