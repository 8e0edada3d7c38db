"""Drives a broker with confluent-kafka-python (librdkafka): transactions, groups, rebalances, the admin calls.

Prints one JSON object: what it saw. The test holds that to what it must be.
"""

import json
import sys
import threading
import time

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    OffsetSpec,
)

brokers, topic = sys.argv[1], sys.argv[2]
seen = {}

admin = AdminClient({"bootstrap.servers": brokers})
for made in admin.create_topics([NewTopic(topic, 4, 1)]).values():
    made.result()


def consumer(group, **settings):
    return Consumer(
        {
            "bootstrap.servers": brokers,
            "group.id": group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "heartbeat.interval.ms": 300,
            **settings,
        }
    )


def read(one, count, seconds=20):
    values, deadline = [], time.time() + seconds
    while len(values) < count and time.time() < deadline:
        message = one.poll(0.2)
        if message is not None and message.error() is None:
            values.append(message.value().decode())
    return values


# Transactions: what is aborted is hidden from whoever reads committed records.
producer = Producer({"bootstrap.servers": brokers, "transactional.id": f"{topic}-transactions"})
producer.init_transactions()
for number, commit in enumerate([True, False, True]):
    producer.begin_transaction()
    for part in range(4):
        producer.produce(topic, f"{number}", partition=part)
    producer.flush()  # An abort would throw away what was not sent yet, and there would be nothing to hide.
    producer.commit_transaction() if commit else producer.abort_transaction()
committed = consumer(f"{topic}-committed", **{"isolation.level": "read_committed"})
committed.subscribe([topic])
seen["committed"] = sorted(read(committed, 8))
dirty = consumer(f"{topic}-dirty", **{"isolation.level": "read_uncommitted"})
dirty.subscribe([topic])
seen["uncommitted"] = sorted(read(dirty, 12))
dirty.close()

# Offsets inside a transaction, and outside.
producer.begin_transaction()
producer.send_offsets_to_transaction(
    committed.position(committed.assignment()), committed.consumer_group_metadata()
)
producer.commit_transaction()
# After the last record, or after the marker that follows it.
seen["offsetsOfTransaction"] = all(
    one.offset in (5, 6) for one in committed.committed([TopicPartition(topic, 0)])
)
committed.close()

# Every codec that librdkafka has.
for codec in ["gzip", "snappy", "lz4", "zstd"]:
    plain = Producer({"bootstrap.servers": brokers, "compression.type": codec, "linger.ms": 20})
    for number in range(50):
        plain.produce(topic, f"{codec} {number}" * 10, partition=1)
    plain.flush()
reader = consumer(f"{topic}-codecs")
reader.assign([TopicPartition(topic, 1, 0)])
seen["compressed"] = len([one for one in read(reader, 3 + 200) if " " in one])
reader.close()

# A group of three: the partitions are shared, and are taken over by those who stay.
owned, lock = {}, threading.Lock()


def member(name, stop, **settings):
    one = consumer(f"{topic}-members", **{"session.timeout.ms": 6000, **settings})

    def assigned(_, partitions):
        with lock:
            owned[name] = owned.get(name, set()) | {each.partition for each in partitions}

    def revoked(_, partitions):
        with lock:
            owned[name] = owned.get(name, set()) - {each.partition for each in partitions}

    one.subscribe([topic], on_assign=assigned, on_revoke=revoked)
    while not stop.is_set():
        one.poll(0.1)
    one.close()


def settled(members, seconds=30):
    """Waits until the members own all partitions between them, each of them something and nothing twice."""
    deadline = time.time() + seconds
    while time.time() < deadline:
        with lock:
            shares = [sorted(owned.get(name, set())) for name in members]
        if all(shares) and sorted(sum(shares, [])) == [0, 1, 2, 3]:
            return True
        time.sleep(0.05)
    return False


for strategy in ["range", "cooperative-sticky"]:
    owned.clear()
    stops = {name: threading.Event() for name in ["one", "two", "three"]}
    threads = {
        name: threading.Thread(
            target=member, args=(name, stop), kwargs={"partition.assignment.strategy": strategy}
        )
        for name, stop in stops.items()
    }
    for thread in threads.values():
        thread.start()
    shared = settled(["one", "two", "three"])
    stops["two"].set()
    threads["two"].join()
    taken = settled(["one", "three"])
    for name in ["one", "three"]:
        stops[name].set()
        threads[name].join()
    seen[f"shared {strategy}"] = [shared, taken]

# The admin calls.
resource = ConfigResource(
    ConfigResource.Type.TOPIC,
    topic,
    incremental_configs=[
        ConfigEntry("retention.ms", "1234567", incremental_operation=AlterConfigOpType.SET)
    ],
)
for done in admin.incremental_alter_configs([resource]).values():
    done.result()
for done in admin.describe_configs([ConfigResource(ConfigResource.Type.TOPIC, topic)]).values():
    seen["retention"] = done.result()["retention.ms"].value
for done in admin.create_partitions([NewPartitions(topic, 6)]).values():
    done.result()
seen["partitions"] = len(admin.list_topics(topic).topics[topic].partitions)
for done in admin.list_offsets({TopicPartition(topic, 1): OffsetSpec.latest()}).values():
    end = done.result().offset
for done in admin.delete_records([TopicPartition(topic, 1, end)]).values():
    seen["deletedUpTo"] = done.result().low_watermark == end
seen["groups"] = sorted(
    one.group_id for one in admin.list_consumer_groups().result().valid if one.group_id.startswith(topic)
)
for done in admin.describe_consumer_groups([f"{topic}-members"]).values():
    seen["state"] = done.result().state.name
for done in admin.delete_consumer_groups([f"{topic}-members"]).values():
    done.result()
seen["nodes"] = len(admin.describe_cluster().result().nodes)
for done in admin.delete_topics([topic]).values():
    done.result()

print(json.dumps(seen))
