package io.bulwark.admission;

import io.bulwark.admission.GuardEvent.CircuitChanged;
import io.bulwark.admission.GuardEvent.LevelsParked;
import io.bulwark.admission.GuardEvent.LimitReserved;
import io.bulwark.admission.GuardEvent.PolicyDeleted;
import io.bulwark.admission.GuardEvent.PolicyPut;
import io.bulwark.circuit.Circuit;
import io.bulwark.grammar.Name;
import io.bulwark.ratelimit.Level;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.wire.CborMessage;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The hard state of a guard: what its journal adds up to, and its snapshot.
 *
 * @param version of the policy, from 1; 0 before the first
 * @param policy absent for a tenant that was never put, or was taken out
 * @param circuits by service; those that never opened are not here
 * @param levels by limit: what strict limits have reserved, and where soft ones were parked
 */
public record GuardState(
        long version, Optional<TenantPolicy> policy, Map<String, Circuit.Hard> circuits, Map<String, Level> levels)
        implements CborMessage {
    /** Of a tenant that was never put. */
    public static final GuardState EMPTY = new GuardState(0, Optional.empty(), Map.of(), Map.of());

    public GuardState {
        circuits = Map.copyOf(circuits);
        levels = Map.copyOf(levels);
    }

    /** The only way in which hard state changes. */
    public GuardState apply(GuardEvent event) {
        return switch (event) {
            case PolicyPut(long put, TenantPolicy to) ->
                new GuardState(put, Optional.of(to), circuits, levelsThatSurvive(to));
            case PolicyDeleted(long deleted) -> new GuardState(deleted, Optional.empty(), Map.of(), Map.of());
            case CircuitChanged changed -> new GuardState(version, policy, with(changed), levels);
            case LimitReserved(Name limit, Level level) ->
                new GuardState(version, policy, circuits, with(levels, Map.of(limit.value(), level)));
            case LevelsParked(Map<String, Level> parked) ->
                new GuardState(version, policy, circuits, with(levels, parked));
        };
    }

    /** A limit that counts otherwise than before starts fresh; the others keep their level. */
    private Map<String, Level> levelsThatSurvive(TenantPolicy next) {
        Map<String, Level> kept = new HashMap<>(levels);
        kept.keySet().removeIf(limit -> !carriesOver(new Name(limit), next));
        return kept;
    }

    private boolean carriesOver(Name limit, TenantPolicy next) {
        var before = policy.flatMap(now -> now.limit(limit));
        var after = next.limit(limit);
        return before.isPresent() && after.isPresent() && Meter.carriesOver(before.get(), after.get());
    }

    private Map<String, Circuit.Hard> with(CircuitChanged changed) {
        Circuit.Hard before = circuits.get(changed.service().value());
        // The instant matters only for a circuit that never changed before, and that is set by the event itself.
        Circuit circuit = before == null ? Circuit.fresh(Instant.EPOCH) : Circuit.restored(before);
        return with(
                circuits,
                Map.of(changed.service().value(), circuit.apply(changed.event()).hard()));
    }

    private static <V> Map<String, V> with(Map<String, V> map, Map<String, V> more) {
        Map<String, V> both = new HashMap<>(map);
        both.putAll(more);
        return both;
    }
}
