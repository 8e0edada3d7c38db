import { Admin, Consumer, Producer, stringDeserializers, stringSerializers } from "@platformatic/kafka";

/**
 * Drives a broker with @platformatic/kafka: an idempotent producer, a group, the admin calls. Prints one JSON object: what
 * it saw. The test holds that to what it must be.
 */
const [broker = "", topic = ""] = process.argv.slice(2);
const settings = { clientId: "platformatic", bootstrapBrokers: [broker] };

const admin = new Admin(settings);
await admin.createTopics({ topics: [topic], partitions: 2, replicas: 1 });

const producer = new Producer({ ...settings, serializers: stringSerializers, idempotent: true });
await producer.send({
  messages: ["one", "two", "three"].map((value) => ({ topic, key: value, value, headers: { from: "here" } })),
  acks: -1,
});

const consumer = new Consumer({ ...settings, groupId: `${topic}-group`, deserializers: stringDeserializers });
const stream = await consumer.consume({ topics: [topic], mode: "earliest", autocommit: false, heartbeatInterval: 500 });
const values = [];
for await (const message of stream) {
  values.push(message.value ?? "");
  await message.commit();
  if (values.length === 3) break;
}
await consumer.close(true);

const groups = await admin.listGroups();
const groupListed = groups.has(`${topic}-group`);
await producer.close();
await admin.deleteTopics({ topics: [topic] });
await admin.close();
console.log(JSON.stringify({ values: values.toSorted((one, other) => one.localeCompare(other)), groupListed }));
process.exit(0);
