package io.bulwark.guard;

import io.bulwark.grammar.Name;
import io.bulwark.ratelimit.Algorithm;
import java.time.Duration;

/**
 * Where one limit stands after a decision.
 *
 * @param capacity the policy's
 * @param per the policy's
 * @param remaining what could be spent now
 * @param resetAfter after this time the limit is as good as fresh
 */
public record LimitReport(
        Name limit, Algorithm algorithm, long capacity, Duration per, long remaining, Duration resetAfter) {}
