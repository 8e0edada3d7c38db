export { openTransactions, type TransactionsOptions } from "./coordinator.ts";
export type { Identity, TopicPartitions, Transaction, TransactionState } from "./state.ts";
export { MOVES } from "./state.ts";
export type { Identified, TopicPartition, Transactions } from "./types.ts";
