package io.bulwark.backup;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a drill measured.
 *
 * @param at when it was over
 * @param passed whether the restored server was found to be sound
 * @param recoveryTime how long it took until the restored server served; empty when it did not come so far
 */
public record Measured(Instant at, boolean passed, Optional<Duration> recoveryTime) {}
