package io.bulwark.http.gateway;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.Uri;
import akka.http.javadsl.model.headers.Host;
import akka.http.javadsl.model.headers.RawRequestURI;
import io.bulwark.grammar.Name;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One address of a service: its connections, its health, and how many calls it has from this node. */
final class Target {
    private static final Logger LOG = LoggerFactory.getLogger(Target.class);
    /** The raw one is what is sent. */
    private static final Uri ROOT = Uri.create("/");

    private final Name service;
    private final URI address;
    private final String base;
    private final Host host;
    private final Connections connections;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicReference<TargetHealth> health = new AtomicReference<>(TargetHealth.FRESH);

    Target(Name service, URI address, Connections connections) {
        this.service = service;
        this.address = address;
        this.base = base(address);
        this.host = host(address);
        this.connections = connections;
    }

    Connections connections() {
        return connections;
    }

    AtomicInteger inFlight() {
        return inFlight;
    }

    TargetHealth health() {
        return health.get();
    }

    /** Changes the health, and logs when a target comes or goes. */
    void health(UnaryOperator<TargetHealth> change) {
        TargetHealth before = health.getAndUpdate(change);
        TargetHealth after = change.apply(before);
        if (before.healthy() && !after.healthy()) {
            LOG.warn("Service {}: target {} fails its health check and gets no calls", service, address);
        } else if (!before.healthy() && after.healthy()) {
            LOG.info("Service {}: target {} passes its health check again and gets calls", service, address);
        }
    }

    /** The request as this target gets it. The path is added to the target's own, byte for byte. */
    HttpRequest addressed(HttpRequest request, String pathAndQuery) {
        return request.withUri(ROOT)
                .addHeader(RawRequestURI.create(base + pathAndQuery))
                .addHeader(host);
    }

    private static String base(URI address) {
        String path = address.getRawPath() == null ? "" : address.getRawPath();
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private static Host host(URI address) {
        return address.getPort() < 0
                ? Host.create(address.getHost())
                : Host.create(address.getHost(), address.getPort());
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
