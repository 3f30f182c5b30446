const SHOWN = 50;
const HISTORY_MS = 5 * 60 * 1000;
const AGAIN_MS = 2_000;

const wall = document.getElementById('wall');
const state = document.getElementById('state');
/** Behind what is shown: where another stream goes on. */
let position;

/** An EventSource comes back by itself, to the same address. Only where that is refused (the ticket has ended) is another needed. */
async function listen() {
  const { url } = await (await fetch('stream', { method: 'POST' })).json();
  const from = position ? { after: position } : { since: new Date(Date.now() - HISTORY_MS).toISOString() };
  const source = new EventSource(`${url}&${new URLSearchParams(from)}`);
  source.onopen = () => (state.textContent = 'live');
  source.onmessage = ({ data, lastEventId }) => {
    position = lastEventId;
    show(JSON.parse(data));
  };
  // The position was not known any more: what is shown may have gaps.
  source.addEventListener('reset', () => wall.replaceChildren());
  source.onerror = () => {
    state.textContent = 'reconnecting';
    if (source.readyState === EventSource.CLOSED) setTimeout(listenAgain, AGAIN_MS);
  };
}

function listenAgain() {
  listen().catch(() => setTimeout(listenAgain, AGAIN_MS));
}

/** As text, never as HTML: what it says came from somebody. */
function show({ id, type, userId, occurredAt }) {
  const item = document.createElement('li');
  const time = document.createElement('time');
  item.dataset.id = id;
  time.textContent = new Date(occurredAt).toLocaleTimeString();
  item.append(time, `user ${userId}: ${type}`);
  wall.prepend(item);
  while (wall.children.length > SHOWN) wall.lastChild.remove();
}

listenAgain();
