import { type Fault, isObject } from './activity.input.js';

const ATTRIBUTE = /^[a-z0-9]+$/;
const JSON_CONTENT = /^application\/([a-z0-9.-]+\+)?json(;.*)?$/i;

/**
 * The activity that an event (CloudEvents 1.0, JSON format) stands for, still to be checked as one. Extensions that
 * say nothing to us (traceparent …) are passed over, as the specification asks of consumers.
 */
export function activityOfEvent(event: unknown): object | Fault {
  if (!isObject(event)) return invalid('an event is a JSON object');
  const fault = eventFault(event);
  if (fault) return fault;
  const { id, type, time, data, subject, workspaceid } = event;
  return { id, type, occurredAt: time, data, workspaceId: wholeNumber(workspaceid), ...userOf(subject as string) };
}

function eventFault(event: Record<string, unknown>): Fault | undefined {
  if (event.specversion !== '1.0') return invalid('specversion must be "1.0"');
  const name = Object.keys(event).find((attribute) => !ATTRIBUTE.test(attribute));
  if (name !== undefined) return invalid(`${JSON.stringify(name.slice(0, 50))} is no attribute of an event`);
  if (event.id === undefined) return invalid('id is required');
  if (typeof event.subject !== 'string') return invalid('subject must name the user');
  const content = event.datacontenttype;
  if (content === undefined || (typeof content === 'string' && JSON_CONTENT.test(content))) return undefined;
  return invalid('datacontenttype must be JSON');
}

/** A subject is an integer id, an object id or a username, told apart by how it looks. */
function userOf(subject: string): object {
  if (/^[1-9]\d{0,15}$/.test(subject)) return { userId: Number(subject) };
  return /^[0-9a-f]{24}$/.test(subject) ? { objectId: subject } : { username: subject };
}

/** Transports that know texts alone carry an integer as its digits. */
function wholeNumber(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
}

const invalid = (detail: string): Fault => ({ code: 'invalid', detail });
