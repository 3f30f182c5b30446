#!/usr/bin/env bash
# cloudevents (npm) 10.0.0: in binary mode, header values are not percent-encoded.
#
# The HTTP binding of CloudEvents 1.0.2 (3.1.3.2) has a sender percent-encode in header values whatever is outside printable ASCII, and the
# space, the double quote and the percent sign. The SDK writes attributes as they are, and its own reader does not decode either, so
# that a round trip within JavaScript looks right: a receiver that follows the binding finds a broken escape in "50% off", and in
# "Zoë", which Node sends as a byte of Latin-1, no UTF-8.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund cloudevents@10.0.0
cat >send.mjs <<'JS'
import { CloudEvent, HTTP } from 'cloudevents';
const subjectOf = (subject) =>
  HTTP.binary(new CloudEvent({ id: '1', source: '/shop', type: 'order.placed', subject, data: {} })).headers['ce-subject'];
const read = HTTP.toEvent({
  headers: { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/shop', 'ce-type': 'x', 'ce-subject': 'Zo%C3%AB' },
  body: '',
});
console.log(`sent=${subjectOf('Zoë')},${subjectOf('50% off')} read=${read.subject}`);
JS
seen=$(node send.mjs)
echo "seen: $seen"
[ "$seen" = 'sent=Zoë,50% off read=Zo%C3%AB' ]
