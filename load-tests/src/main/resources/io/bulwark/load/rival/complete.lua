-- Records the answer of an operation whose claim is still the one with this token.
-- KEYS[1] the operation; ARGV: the claim as it was stored, the answer to store. Returns 1, or 0 for a stale token.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
