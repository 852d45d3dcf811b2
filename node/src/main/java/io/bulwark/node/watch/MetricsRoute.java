package io.bulwark.node.watch;

import akka.actor.ExtendedActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.server.Directives;
import akka.http.javadsl.server.Route;
import akka.management.javadsl.ManagementRouteProvider;
import akka.management.javadsl.ManagementRouteProviderSettings;

/** Management's {@code /metrics}, in Prometheus' text format. Made by Akka Management, by name. */
public final class MetricsRoute implements ManagementRouteProvider {
    private final Telemetry telemetry;

    public MetricsRoute(ExtendedActorSystem system) {
        this.telemetry = Telemetry.get(Adapter.toTyped(system));
    }

    @Override
    public Route routes(ManagementRouteProviderSettings settings) {
        return Directives.path(
                "metrics",
                () -> Directives.get(() -> Directives.complete(HttpEntities.create(
                        ContentTypes.TEXT_PLAIN_UTF8, telemetry.meters().scrape()))));
    }
}
