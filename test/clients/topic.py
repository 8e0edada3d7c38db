"""Makes a topic with one partition."""

import sys

from confluent_kafka.admin import AdminClient, NewTopic

brokers, topic = sys.argv[1], sys.argv[2]
admin = AdminClient({"bootstrap.servers": brokers})
for made in admin.create_topics([NewTopic(topic, 1, 1)]).values():
    made.result()
print("{}")
