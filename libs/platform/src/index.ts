export { announceAnswerTimes, answerTimesChannel } from './answer-times.js';
export { ENVIRONMENT_ID, SCOPES, type Scope } from './claims.js';
export { type Config, ConfigError, readConfig, type StreamLimits } from './config.js';
export { asDouble, mayLoseDigits, parseExactly } from './exact-json.js';
export { FairSemaphore } from './fair-semaphore.js';
export { type ReadinessCheck } from './health.js';
export { linkTo, publicBase } from './http/address.js';
export { type Caller, requireScope } from './http/access.js';
export { IdempotencyKey, IfMatch, IfNoneMatch } from './http/request-headers.js';
export { describeEndpoints } from './openapi/document.js';
export { Endpoint, type EndpointOptions } from './http/endpoint.js';
export { type Exchange, type ExchangeMethod, type Parts } from './http/exchange.js';
export { inputErrors } from './http/input.js';
export { httpApplication } from './http/listen.js';
export { CopyRows } from './copy-rows.js';
export { copyColumn, copyLine, copyLines } from './copy-lines.js';
export { createLogger, type Logger } from './logging.js';
export { type KafkaAccess } from './kafka-access.js';
export { Lookups } from './lookups.js';
export { counter, gauge, histogram, metrics } from './metrics.js';
export { type FoldName, FOLD_NAMES, type GenerationKind, Namespace, type ViewVersions } from './namespace.js';
export { Notifications } from './notifications.js';
export { CONFIG, LOGGER, PlatformModule } from './platform.module.js';
export { operationsOf, serveOperations } from './operations.js';
export { isOutage } from './outage.js';
export { ownTurn } from './own-turn.js';
export {
  Postgres,
  prepared,
  type Queryable,
  takeTurn,
  together,
  WAIT_FOR_THE_DISK,
  type Transaction,
} from './postgres.js';
export { isProblemCode, notFound, Problem } from './problems.js';
export { connectRedis, redisReady, RedisServers } from './redis.js';
export { backoffMs, retry } from './retry.js';
export { addRows, addUpRows, deleteRows, findRows, putRows, type Table } from './tables.js';
export { timeParameter } from './time-parameter.js';
export { parseTimestamp, timestampFault } from './timestamp.js';
export { secretsOf } from './secrets.js';
export { tlsFault } from './tls.js';
export { type Principal, signToken, tokenVerifier, unauthorized } from './tokens.js';
export {
  entityId,
  faultOf as freeFieldFault,
  freeFields,
  hasCharacters,
  isVisible,
  plainText,
  visibleText,
  wholeNumber,
} from './text.js';
export { runApp } from './run-app.js';
export { runInterface } from './run-interface.js';
export { isSettledWithin, NoAnswer, within } from './within.js';
export { kafkaFor, saying, waitFor, waitForPostgres, waitingOf } from './waiting.js';
export { parseJson } from './http/body/parse-json.js';
export { ProblemPagesModule } from './http/problem-pages.js';
export {
  ITEM_BYTES,
  type ItemFault,
  MAX_ITEMS,
  NDJSON,
  type ReadItem,
  type Slice,
  slicesOfJson,
  slicesOfLines,
} from './http/body/slices.js';
export { mediaTypeOf } from './http/request-shape.js';
