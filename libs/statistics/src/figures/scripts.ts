/**
 * Redis runs each of these in one step. All keys of a partition lie in one slot. What a script writes to is among its KEYS: a cluster
 * that moves the slot refuses those that are half there, and would else add to a set whose former members are still elsewhere.
 */

// A call of Redis within a script takes some thousand arguments at most.
const ADD_ALL = `
  local function add(key, first, last)
    for start = first, last, 1000 do
      redis.call('ZADD', key, 'GT', unpack(ARGV, start, math.min(start + 999, last)))
    end
  end`;

/**
 * KEYS checkpoint; ARGV prefix of sorted sets. The position of the figures; -1 where some of them are gone, nil where all are.
 */
export const READ_CHECKPOINT = `
  for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
    if field:sub(1, 3) == 'in:' and redis.call('EXISTS', ARGV[1] .. field:sub(4)) == 0 then return -1 end
  end
  local position = redis.call('HGET', KEYS[1], 'position')
  return position and tonumber(position) or nil`;

/**
 * KEYS checkpoint, sorted set; ARGV environment, since. The position of the figures and whether there should be a sorted set, each nil
 * where not, how many were active since, and whether the set is there.
 */
export const COUNT_ACTIVE = `
  local found = redis.call('HMGET', KEYS[1], 'position', 'in:' .. ARGV[1])
  return { found[1], found[2], redis.call('ZCOUNT', KEYS[2], ARGV[2], '+inf'), redis.call('EXISTS', KEYS[2]) }`;

/**
 * KEYS checkpoint, a sorted set for each environment; ARGV from, to, then for each environment its name, the count of its scores and
 * members, and these. Moves the figures on from exactly one position to another; 0 where they stand elsewhere and nothing was done.
 */
export const ADVANCE = `${ADD_ALL}
  if redis.call('HGET', KEYS[1], 'position') ~= ARGV[1] then return 0 end
  local at = 3
  for n = 2, #KEYS do
    local count = tonumber(ARGV[at + 1])
    add(KEYS[n], at + 2, at + 1 + count)
    redis.call('HSET', KEYS[1], 'in:' .. ARGV[at], 1)
    at = at + 2 + count
  end
  redis.call('HSET', KEYS[1], 'position', ARGV[2])
  return 1`;

/**
 * KEYS lease, checkpoint; ARGV prefix of sorted sets, token, lease in ms. Drops the figures; 0 where another is at it. Sets that are
 * not among KEYS cannot be half there: while the slot is moved, a cluster refuses this for the lease that is not there yet.
 */
export const BEGIN_REWRITE = `
  if not redis.call('SET', KEYS[1], ARGV[2] .. ':0', 'NX', 'PX', ARGV[3]) then return 0 end
  for _, field in ipairs(redis.call('HKEYS', KEYS[2])) do
    if field:sub(1, 3) == 'in:' then redis.call('UNLINK', ARGV[1] .. field:sub(4)) end
  end
  redis.call('UNLINK', KEYS[2])
  return 1`;

/**
 * KEYS lease, checkpoint, sorted set; ARGV token, how many additions came before, lease in ms, environment, "1" for its first page, then
 * scores and members. 0 where the lease was lost, or an addition: a replica that takes over may not have heard of the last ones.
 */
export const ADD_PAGE = `${ADD_ALL}
  if redis.call('GET', KEYS[1]) ~= ARGV[1] .. ':' .. ARGV[2] then return 0 end
  redis.call('SET', KEYS[1], ARGV[1] .. ':' .. (ARGV[2] + 1), 'PX', ARGV[3])
  if ARGV[5] == '1' then redis.call('UNLINK', KEYS[3]) end
  add(KEYS[3], 6, #ARGV)
  redis.call('HSET', KEYS[2], 'in:' .. ARGV[4], 1)
  return 1`;

/**
 * KEYS lease, checkpoint; ARGV token, how many additions there were, position. The figures count from here on; 0 where the lease, or an
 * addition, was lost.
 */
export const FINISH_REWRITE = `
  if redis.call('GET', KEYS[1]) ~= ARGV[1] .. ':' .. ARGV[2] then return 0 end
  redis.call('HSET', KEYS[2], 'position', ARGV[3])
  redis.call('UNLINK', KEYS[1])
  return 1`;

/** KEYS lease; ARGV token. Lets another begin at once after a rewrite that failed. */
export const RELEASE = `
  local lease = redis.call('GET', KEYS[1])
  if lease and lease:sub(1, #ARGV[1]) == ARGV[1] then redis.call('UNLINK', KEYS[1]) end
  return 1`;
