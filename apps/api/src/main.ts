import { EVENT_LOG, type EventLog } from '#event-sourcing';
import { Namespace, Postgres, runInterface } from '#platform';
import { readiness } from './api.module.js';
import { createApi } from './api.js';

await runInterface('api', createApi, (app) =>
  readiness(app.get(Postgres), app.get<EventLog>(EVENT_LOG), app.get(Namespace)),
);
