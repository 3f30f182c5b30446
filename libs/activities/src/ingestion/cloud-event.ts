import { asDouble } from '#platform';
import { type UserReference } from '#registry';
import {
  type ActivityInput,
  checkFields,
  type Fault,
  invalid,
  isLeftOut,
  isObject,
  isObjectId,
  isUsername,
  type Names,
} from './activity.input.js';

const ATTRIBUTE = /^[a-z0-9]+$/;
/** Media types of what is JSON: `application/json`, `text/json`, `application/vnd.acme+json`. */
export const JSON_CONTENT = /^[^/;]+\/([^/;]+\+)?[Jj][Ss][Oo][Nn][ \t]*(;.*)?$/;
const NAMES: Names = { workspaceId: 'workspaceid', occurredAt: 'time' };

type Event = Record<string, unknown>;

/**
 * The activity that an event (CloudEvents 1.0, JSON format) stands for, checked as one; `now` in milliseconds since the epoch.
 * An attribute that is null counts as left out. Unknown extensions (traceparent …) are ignored, as the specification asks
 * of consumers.
 */
export function checkEvent(event: unknown, now: number): ActivityInput | Fault {
  if (!isObject(event)) return invalid('an event is a JSON object');
  const fault = nameFault(event) ?? missingFault(event) ?? contentFault(event);
  if (fault) return fault;
  const { id, source, type, time, data, subject, workspaceid } = event;
  const fields = { id, source, type, occurredAt: time, data, workspaceId: wholeNumber(workspaceid) };
  if (!isUsername(subject)) return invalid('subject must name the user: an integer id, an objectId or a username');
  return checkFields(fields, usersOf(subject), NAMES, now);
}

function nameFault(event: Event): Fault | undefined {
  if (!isLeftOut(event.data_base64)) return invalid('data_base64 is not taken: data carries a JSON object');
  const name = Object.keys(event).find((attribute) => !ATTRIBUTE.test(attribute) && attribute !== 'data_base64');
  return name === undefined ? undefined : invalid(`${JSON.stringify(name.slice(0, 50))} is no attribute of an event`);
}

const REQUIRED = ['specversion', 'id', 'source', 'type', 'subject'] as const;

function missingFault(event: Event): Fault | undefined {
  const missing = REQUIRED.find((name) => isLeftOut(event[name]));
  if (missing === 'subject') return invalid('subject is required: it names the user');
  if (missing !== undefined) return invalid(`${missing} is required`);
  return event.specversion === '1.0' ? undefined : invalid('specversion must be "1.0"');
}

function contentFault({ datacontenttype: type }: Event): Fault | undefined {
  if (isLeftOut(type) || (typeof type === 'string' && JSON_CONTENT.test(type))) return undefined;
  return invalid('datacontenttype must be JSON');
}

/** All that a subject may mean: a username may look like an id, and which of them is meant cannot be known here. */
function usersOf(subject: string): readonly UserReference[] {
  const username = { username: subject };
  if (/^[1-9]\d{0,14}$/.test(subject)) return [{ userId: Number(subject) }, username];
  return isObjectId(subject) ? [{ objectId: subject }, username] : [username];
}

/** Transports that carry only text write an integer as its digits. */
function wholeNumber(value: unknown): unknown {
  return typeof value === 'string' && /^[1-9]\d{0,14}$/.test(value) ? Number(value) : asDouble(value);
}
