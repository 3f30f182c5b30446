import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

const { prototype } = RequestQueue;
const schedule = Object.getOwnPropertyDescriptor(prototype, 'scheduleCheckPendingRequests')!.value as () => void;

/** kafkajs looks every millisecond, on each connection and for ever, whether something may be sent that it does not have. */
prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
  if (this.pending.length > 0) schedule.call(this);
};
