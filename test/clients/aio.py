"""Drives a broker with aiokafka: transactions with offsets, a group, lookups by time, the admin calls.

Prints one JSON object: what it saw. The test holds that to what it must be.
"""

import asyncio
import json
import sys

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.structs import TopicPartition

brokers, topic = sys.argv[1], sys.argv[2]


def consumer(group, **settings):
    return AIOKafkaConsumer(
        topic,
        bootstrap_servers=brokers,
        group_id=group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        session_timeout_ms=6000,
        heartbeat_interval_ms=500,
        **settings,
    )


async def read(one, count):
    return [(await asyncio.wait_for(one.getone(), 20)).value.decode() for _ in range(count)]


async def shared(members):
    """Waits until the members own both partitions, one each."""
    for _ in range(600):
        owned = [sorted(each.partition for each in one.assignment()) for one in members]
        if sorted(owned) == [[0], [1]]:
            return True
        await asyncio.sleep(0.05)
    return False


async def stored(one, partition, offset):
    """Waits until the group's offset is there: a transaction is over a moment before its markers are written."""
    for _ in range(200):
        if await one.committed(partition) == offset:
            return True
        await asyncio.sleep(0.05)
    return False


async def main():
    seen = {}
    admin = AIOKafkaAdminClient(bootstrap_servers=brokers)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 2, 1)])

    producer = AIOKafkaProducer(bootstrap_servers=brokers, transactional_id=f"{topic}-aio")
    await producer.start()
    async with producer.transaction():
        await producer.send_and_wait(topic, b"kept", partition=0)
    try:
        async with producer.transaction():
            await producer.send_and_wait(topic, b"dropped", partition=0)
            raise RuntimeError("changed my mind")
    except RuntimeError:
        pass
    async with producer.transaction():
        await producer.send_and_wait(topic, b"kept too", partition=0)

    first = consumer(f"{topic}-group", isolation_level="read_committed")
    await first.start()
    seen["committed"] = await read(first, 2)
    async with producer.transaction():
        place = await first.position(TopicPartition(topic, 0))
        await producer.send_offsets_to_transaction({TopicPartition(topic, 0): place}, f"{topic}-group")
    seen["offset"] = await stored(first, TopicPartition(topic, 0), place)
    second = consumer(f"{topic}-group", isolation_level="read_committed")
    await second.start()
    seen["shared"] = await shared([first, second])
    await second.stop()
    found = await first.offsets_for_times({TopicPartition(topic, 0): 1})
    seen["byTime"] = found[TopicPartition(topic, 0)].offset
    await first.stop()
    await producer.stop()

    groups = [name for name, _ in await admin.list_consumer_groups()]
    seen["listed"] = f"{topic}-group" in groups
    await admin.delete_topics([topic])
    await admin.close()
    print(json.dumps(seen))


asyncio.run(main())
