package io.bulwark.http.gateway;

import akka.actor.Cancellable;
import akka.actor.typed.ActorSystem;
import io.bulwark.grammar.Name;
import io.bulwark.service.Services;
import io.bulwark.service.Services.Versioned;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;

/**
 * The ways to all services of this node. A changed service gets a new one, and the calls on the old one end there; the
 * old one's idle connections and health checks end at once, those of a removed service within a sweep.
 */
final class Upstreams {
    private final Services services;
    private final GatewaySettings settings;
    private final InstantSource clock;
    private final Dialer dialer;
    private final ActorSystem<?> system;
    private final Map<Name, Upstream> upstreams = new ConcurrentHashMap<>();
    private final Cancellable sweeps;

    Upstreams(Services services, GatewaySettings settings, InstantSource clock, ActorSystem<?> system) {
        this.services = services;
        this.settings = settings;
        this.clock = clock;
        this.dialer = new Dialer(platformTrust(), system);
        this.system = system;
        this.sweeps = system.scheduler()
                .scheduleWithFixedDelay(
                        settings.sweepEvery(), settings.sweepEvery(), this::sweep, system.executionContext());
    }

    /** The way to this service, if this node knows it. */
    Optional<Upstream> find(Name service) {
        return services.find(service).map(this::of);
    }

    /** How many calls are with services from this node. */
    int inFlight() {
        return upstreams.values().stream().mapToInt(Upstream::inFlight).sum();
    }

    /** Ends everything; a call that comes nevertheless opens its own way. */
    void close() {
        sweeps.cancel();
        upstreams.values().forEach(Upstream::close);
        upstreams.clear();
    }

    private Upstream of(Versioned service) {
        Upstream present = upstreams.get(service.name());
        return present != null && present.service().version() >= service.version() ? present : replace(service);
    }

    /** Versions only grow; a node's copy that was read a moment ago must not bring an old policy back. */
    private Upstream replace(Versioned service) {
        return upstreams.compute(service.name(), (name, present) -> {
            if (present != null && present.service().version() >= service.version()) {
                return present;
            }
            if (present != null) {
                present.close();
            }
            return new Upstream(service, settings, clock, dialer, system);
        });
    }

    /** Services behind {@code https} are trusted as the Java platform is configured to trust. */
    private static SSLContext platformTrust() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException broken) {
            throw new IllegalStateException(
                    "The Java platform's TLS cannot be set up: check javax.net.ssl.trustStore", broken);
        }
    }

    private void sweep() {
        services.all().forEach(this::of);
        upstreams.forEach((name, upstream) -> {
            if (services.find(name).isEmpty() && upstreams.remove(name, upstream)) {
                upstream.close();
            }
            upstream.sweep();
        });
    }
}
