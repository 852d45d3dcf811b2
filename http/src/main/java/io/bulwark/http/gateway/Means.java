package io.bulwark.http.gateway;

import akka.actor.typed.ActorSystem;
import io.bulwark.guard.Guards;
import io.bulwark.idempotency.Ledger;
import java.time.InstantSource;

/** What every call of a gateway works with. */
record Means(
        Guards guards,
        Ledger ledger,
        InstantSource clock,
        Delays delays,
        GatewaySettings settings,
        GatewayMetrics metrics,
        ActorSystem<?> system) {}
