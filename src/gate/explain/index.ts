export { type ExampleFile, type ShownExample, shownExample } from "./example.ts";
