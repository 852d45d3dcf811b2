package io.bulwark.http.gateway;

import io.bulwark.circuit.Outcome;
import io.bulwark.grammar.Name;
import io.bulwark.guard.Admission;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.Guards;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** What the guard handed out for one call; it is given back exactly once, whoever tries first. */
final class Permit {
    private final Guards guards;
    private final Name tenant;
    private final Admission.Admitted admitted;
    private final AtomicBoolean settled = new AtomicBoolean();

    Permit(Guards guards, Name tenant, Admission.Admitted admitted) {
        this.guards = guards;
        this.tenant = tenant;
        this.admitted = admitted;
    }

    /** The terms under which the guard admitted the call. */
    Admission.Admitted admitted() {
        return admitted;
    }

    /** Gives the permit back: the call says nothing about the service, or was not made. */
    void ignore() {
        settle(Outcome.IGNORED, Duration.ZERO);
    }

    /** Gives the permit back, unless it has been. */
    void settle(Outcome outcome, Duration took) {
        if (settled.compareAndSet(false, true)) {
            guards.tell(tenant, new GuardCommand.Settle(admitted.permit(), outcome, took));
        }
    }
}
