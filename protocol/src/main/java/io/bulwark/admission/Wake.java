package io.bulwark.admission;

import io.bulwark.guard.Admission;

/** A caller that was kept waiting is to be answered now. */
public record Wake(long waiter, Admission reply) {}
