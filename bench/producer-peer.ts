import kafkajs from 'kafkajs';
import { activityOf } from './traffic-bodies.ts';

// What the service is measured against: kafkajs as its documentation shows it, idempotent, one send after the other.
const [topic = '', run = '', users = '', sends = '', perSend = ''] = process.argv.slice(2);
const kafka = new kafkajs.Kafka({
  brokers: process.env['KAFKA_BROKERS']!.split(','),
  logLevel: kafkajs.logLevel.ERROR,
});
const producer = kafka.producer({
  idempotent: true,
  maxInFlightRequests: 1,
  createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
});
await producer.connect();
const start = performance.now();
for (let number = 0; number < Number(sends); number += 1) {
  const messages = Array.from({ length: Number(perSend) }, (_, index) => {
    const activity = activityOf(run, number, index, Number(users));
    return { key: `demo/${activity.userId}`, value: JSON.stringify(activity) };
  });
  await producer.send({ topic, acks: -1, messages });
}
const seconds = (performance.now() - start) / 1_000;
await producer.disconnect();
process.send!((Number(sends) * Number(perSend)) / seconds);
