package io.bulwark.admission;

import io.bulwark.circuit.CircuitEvent;
import io.bulwark.grammar.Name;
import io.bulwark.ratelimit.Level;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.wire.CborMessage;
import java.util.Map;

/** What is journalled of a guard. */
public sealed interface GuardEvent extends CborMessage {
    /** An operator put the tenant's policy. */
    record PolicyPut(long version, TenantPolicy policy) implements GuardEvent {}

    /** An operator took the tenant out; the version goes on counting should it come back. */
    record PolicyDeleted(long version) implements GuardEvent {}

    /** A circuit changed its state. */
    record CircuitChanged(Name service, CircuitEvent event) implements GuardEvent {}

    /** A strict limit charged a block ahead of its use. */
    record LimitReserved(Name limit, Level level) implements GuardEvent {}

    /** The guard went to sleep with these soft levels, by the name of their limit, so that sleep is no fresh burst. */
    record LevelsParked(Map<String, Level> levels) implements GuardEvent {
        public LevelsParked {
            levels = Map.copyOf(levels);
        }
    }
}
