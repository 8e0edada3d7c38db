export {
  type RunningTestWorker,
  type StoredEvent,
  type TestCluster,
  type TestClusterOptions,
  testCluster,
} from "./test-cluster.ts";
