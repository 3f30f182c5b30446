#!/usr/bin/env bash
# kafkajs (npm) 2.2.4 on Node 24 with Apache Kafka 4.1.1: each idle connection sets a timer every millisecond, for ever.
#
# After each look at the requests that wait for their turn kafkajs plans the next one at "throttled until, minus now": where the broker never
# throttled, that is minus the whole time since 1970. Node takes a negative delay for 1 ms, so that a connection that has answered
# one request wakes its process up about a thousand times a second as long as it is open, with nothing to look for. A service with two or
# three connections never sleeps; Node 24 warns once of a negative timeout, and says nothing of how often. Seen: "negative delays
# a second: more than 500" for an admin client that is connected and does nothing, as counted over two seconds.
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
npm install --silent --no-audit --no-fund kafkajs@2.2.4 node@24.11.1
cat >idle.mjs <<'JS'
import { setTimeout as pause } from 'node:timers/promises';
const original = globalThis.setTimeout;
let negative = 0;
globalThis.setTimeout = (work, delay, ...rest) => {
  if (delay < 0) negative += 1;
  return original(work, delay, ...rest);
};
const { default: kafkajs } = await import('kafkajs');
const kafka = new kafkajs.Kafka({ brokers: [process.argv[2]], logLevel: kafkajs.logLevel.NOTHING, retry: { retries: 30, maxRetryTime: 1_000 } });
const admin = kafka.admin();
await admin.connect();
await admin.listTopics();
await pause(1_000);
const before = negative;
await pause(2_000);
const each = (negative - before) / 2;
console.log(`negative delays a second: ${each > 500 ? 'more than 500' : each}`);
await admin.disconnect();
JS
seen=$(node_modules/.bin/node --disable-warning=TimeoutNegativeWarning idle.mjs "127.0.0.1:$port")
echo "seen: $seen"
[ "$seen" = 'negative delays a second: more than 500' ]
