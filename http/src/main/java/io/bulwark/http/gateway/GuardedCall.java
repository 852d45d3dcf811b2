package io.bulwark.http.gateway;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.RequestEntity;
import io.bulwark.grammar.Name;
import io.bulwark.http.idempotency.Preferences;
import io.bulwark.http.server.Call;
import io.bulwark.service.ServicePolicy;
import io.bulwark.tenant.TenantPolicy;

/**
 * A call whose tenant and service are known.
 *
 * @param policy of the tenant, as of a moment ago: for what is needed before the guard is asked, never to decide
 */
record GuardedCall(Call call, Name tenant, TenantPolicy policy, Upstream upstream, Preferences preferences) {
    HttpRequest request() {
        return call.request();
    }

    Name serviceName() {
        return upstream.service().name();
    }

    ServicePolicy service() {
        return upstream.service().policy();
    }

    /** What the service is asked for, as the client sent it: what follows the service's name in the path. */
    String pathAndQuery() {
        return "/" + call.variable("path")
                + call.rawQuery().map(query -> "?" + query).orElse("");
    }

    /** The request that goes to the service, with this body. */
    HttpRequest forwarded(RequestEntity entity) {
        return HttpRequest.create()
                .withMethod(request().method())
                .withHeaders(HeaderHygiene.toService(request(), preferences, call.trace()))
                .withEntity(entity);
    }
}
