#!/usr/bin/env bash
# kafkajs (npm) 2.2.4 with Apache Kafka 4.1.1: a send to a partition that was just added resolves, and nothing was sent.
#
# A topic of one partition is given a second one while a producer is connected. The producer's metadata is five minutes old at most, so
# that it does not know of partition 1 yet. A message for it is neither refused nor kept until the metadata is fresh: `send` resolves
# with an empty list, with acks=-1 as well, and partition 1 stays empty. Whoever takes a send that resolved for an acknowledgement has
# lost the message; what was stored is only in the list that `send` resolves with. Seen: "answers=[] stored=0", and once the producer
# is another one, "answers=[1] stored=1".
set -euo pipefail
folder=$(mktemp -d)
broker=
end() {
  if [ -n "$broker" ]; then kill "$broker" && wait "$broker" || true; fi
  rm -rf "$folder"
}
trap end EXIT
cd "$folder"
cat >pom.xml <<'XML'
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>example</groupId><artifactId>broker</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>4.1.1</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B dependency:copy-dependencies -DoutputDirectory=libs
read -r port controller < <(node -e "
  const net = require('net');
  const free = () => new Promise((done) => { const s = net.createServer().listen(0, '127.0.0.1', () => done(s)); });
  Promise.all([free(), free()]).then((all) => { console.log(all.map((s) => s.address().port).join(' ')); all.forEach((s) => s.close()); });
")
cat >server.properties <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
controller.listener.names=CONTROLLER
log.dirs=$folder/data
offsets.topic.replication.factor=1
PROPERTIES
java -cp 'libs/*' kafka.tools.StorageTool format -t AAAAAAAAAAAAAAAAAAAAAA -c server.properties >format.log 2>&1
java -Xmx256m -cp 'libs/*' kafka.Kafka server.properties >broker.log 2>&1 &
broker=$!
npm init -y >/dev/null
npm install --silent --no-audit --no-fund kafkajs@2.2.4
cat >send.mjs <<'JS'
import kafkajs from 'kafkajs';
const kafka = new kafkajs.Kafka({ brokers: [process.argv[2]], logLevel: kafkajs.logLevel.NOTHING, retry: { retries: 30, maxRetryTime: 1_000 } });
const admin = kafka.admin();
await admin.connect();
await admin.createTopics({ topics: [{ topic: 'grows', numPartitions: 1 }], waitForLeaders: true });
const sendBy = async (producer) => {
  const answers = await producer.send({ topic: 'grows', acks: -1, messages: [{ partition: 1, value: 'one' }] });
  const offsets = await admin.fetchTopicOffsets('grows');
  return `answers=[${answers.map(({ partition }) => partition)}] stored=${offsets.find(({ partition }) => partition === 1).high}`;
};
const connected = async () => {
  const producer = kafka.producer();
  await producer.connect();
  return producer;
};
const before = await connected();
await before.send({ topic: 'grows', acks: -1, messages: [{ partition: 0, value: 'zero' }] });
await admin.createPartitions({ topicPartitions: [{ topic: 'grows', count: 2 }] });
const known = async () => (await admin.fetchTopicMetadata({ topics: ['grows'] })).topics[0].partitions.length;
while ((await known()) < 2);
const first = await sendBy(before);
const after = await connected();
console.log(`${first}, then ${await sendBy(after)}`);
await Promise.all([before.disconnect(), after.disconnect(), admin.disconnect()]);
JS
seen=$(node send.mjs "127.0.0.1:$port")
echo "seen: $seen"
[ "$seen" = 'answers=[] stored=0, then answers=[1] stored=1' ]
