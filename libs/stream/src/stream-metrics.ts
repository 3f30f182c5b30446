import { counter, gauge, histogram } from '#platform';

export const openStreams = gauge('streams_open', 'Streams that are being served');
export const behindStreams = gauge('streams_behind', 'Streams whose client still reads what was before');
export const resumedStreams = counter('streams_resumed_total', 'Streams that went on behind a position');
export const cutOffStreams = counter('streams_cut_off_total', 'Streams ended because their client did not read');
export const delivered = counter('streams_delivered_total', 'Activities written to streams, once for each stream');
export const appendToWrite = histogram(
  'streams_append_to_write_seconds',
  'From the time that the log gave an activity to when it is written to the streams that are waiting for it',
  [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
);
