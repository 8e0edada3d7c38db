import { join } from "node:path";
import { freePort, run, type Service, startService } from "./service.ts";

const FOLDER = join(import.meta.dir, "peer");
const VENV = join(import.meta.dir, "../../.peer");

/** Installs what the peer needs into `.peer`, once. */
export async function installPeer(): Promise<void> {
  if (await Bun.file(join(VENV, "bin/uvicorn")).exists()) return;
  await run(["python3", "-m", "venv", VENV]);
  await run([join(VENV, "bin/pip"), "install", "-q", "-r", join(FOLDER, "requirements.txt")]);
}

/** FastAPI with librdkafka and fastavro, as well as that stack allows: what a user would pick instead. */
export function startPeer(kafka: string, topic: string): Promise<Service> {
  const port = freePort();
  const command = [
    join(VENV, "bin/uvicorn"),
    "app:app",
    "--port",
    String(port),
    "--log-level",
    "warning",
    "--no-access-log",
  ];
  return startService(command, {
    url: `http://127.0.0.1:${port}`,
    env: { KAFKA_BROKERS: kafka, TOPIC: topic },
    cwd: FOLDER,
  });
}

/** Events a second that the peer's worker decodes and commits, reading `count` of them. */
export async function peerConsumes(kafka: string, topic: string, count: number): Promise<number> {
  const printed = await run([join(VENV, "bin/python"), "consume.py", "confluent", topic, String(count)], {
    env: { KAFKA_BROKERS: kafka },
    cwd: FOLDER,
  });
  const rate = /confluent (\d+) events\/s/.exec(printed)?.[1];
  if (rate === undefined) throw new Error(`the peer's worker printed no rate: ${printed}`);
  return Number(rate);
}
