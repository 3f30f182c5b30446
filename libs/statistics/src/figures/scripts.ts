/**
 * Redis runs each of these in one step. Sorted sets are named by a prefix and the environment, since which ones there
 * are is known inside alone; so all of a partition's keys have to be on one server.
 */

// A call of Redis within a script takes some thousand arguments at most.
const ADD_ALL = `
  local function add(key, first, last)
    for start = first, last, 1000 do
      redis.call('ZADD', key, 'GT', unpack(ARGV, start, math.min(start + 999, last)))
    end
  end`;

/**
 * KEYS checkpoint; ARGV prefix. The position of the figures; -1 where some of them are gone, nil where all are.
 */
export const READ_CHECKPOINT = `
  for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
    if field:sub(1, 3) == 'in:' and redis.call('EXISTS', ARGV[1] .. field:sub(4)) == 0 then return -1 end
  end
  local position = redis.call('HGET', KEYS[1], 'position')
  return position and tonumber(position) or nil`;

/**
 * KEYS checkpoint; ARGV prefix, from, to, then for each environment its name, the count of its scores and members, and
 * these. Moves the figures on from exactly one position to another; 0 where they stand elsewhere and nothing was done.
 */
export const ADVANCE = `${ADD_ALL}
  if redis.call('HGET', KEYS[1], 'position') ~= ARGV[2] then return 0 end
  local at = 4
  while ARGV[at] do
    local count = tonumber(ARGV[at + 1])
    add(ARGV[1] .. ARGV[at], at + 2, at + 1 + count)
    redis.call('HSET', KEYS[1], 'in:' .. ARGV[at], 1)
    at = at + 2 + count
  end
  redis.call('HSET', KEYS[1], 'position', ARGV[3])
  return 1`;

/** KEYS lease, checkpoint; ARGV prefix, token, lease in ms. Drops the figures; 0 where another is at it. */
export const BEGIN_REWRITE = `
  if not redis.call('SET', KEYS[1], ARGV[2], 'NX', 'PX', ARGV[3]) then return 0 end
  for _, field in ipairs(redis.call('HKEYS', KEYS[2])) do
    if field:sub(1, 3) == 'in:' then redis.call('UNLINK', ARGV[1] .. field:sub(4)) end
  end
  redis.call('UNLINK', KEYS[2])
  return 1`;

/**
 * KEYS lease, checkpoint, sorted set; ARGV token, lease in ms, environment, "1" for its first page, then scores and
 * members. 0 where the lease was lost.
 */
export const ADD_PAGE = `${ADD_ALL}
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  if ARGV[4] == '1' then redis.call('UNLINK', KEYS[3]) end
  add(KEYS[3], 5, #ARGV)
  redis.call('HSET', KEYS[2], 'in:' .. ARGV[3], 1)
  return 1`;

/** KEYS lease, checkpoint; ARGV token, position. The figures count from here on; 0 where the lease was lost. */
export const FINISH_REWRITE = `
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  redis.call('HSET', KEYS[2], 'position', ARGV[2])
  redis.call('UNLINK', KEYS[1])
  return 1`;

/** KEYS lease; ARGV token. Lets another begin at once after a rewrite that failed. */
export const RELEASE = `
  if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('UNLINK', KEYS[1]) end
  return 1`;
