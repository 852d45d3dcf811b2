package io.bulwark.http.control;

import akka.http.javadsl.model.HttpResponse;
import io.bulwark.grammar.Name;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.PolicyReply;
import io.bulwark.http.guard.GuardAsk;
import io.bulwark.http.guard.GuardProblems;
import io.bulwark.http.server.Access;
import io.bulwark.http.server.Answers;
import io.bulwark.http.server.Call;
import io.bulwark.http.server.Degraded;
import io.bulwark.http.server.Problem;
import io.bulwark.http.server.RequestBodies;
import io.bulwark.http.server.Role;
import io.bulwark.http.server.Route;
import io.bulwark.tenant.TenantDirectory;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.wire.Precondition;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Creates, shows, changes and deletes tenants, each at its guard; lists them from the directory. */
public final class TenantRoutes {
    private static final String TENANT = "/v1/tenants/{tenant}";
    private static final Duration SOON = Duration.ofSeconds(1);

    private final GuardAsk guards;
    private final TenantDirectory directory;
    private final RequestBodies bodies;

    /** Asks the guards, and the directory for the list. */
    public TenantRoutes(GuardAsk guards, TenantDirectory directory, RequestBodies bodies) {
        this.guards = guards;
        this.directory = directory;
        this.bodies = bodies;
    }

    /** The lines of the route table. */
    public List<Route> routes() {
        return List.of(
                new Route("GET", "/v1/tenants", Access.ofCluster(Role.VIEWER), this::list),
                new Route("GET", TENANT, Access.ofTenant(Role.VIEWER), this::show),
                new Route("PUT", TENANT, Access.ofTenant(Role.OPERATOR), this::put),
                new Route("DELETE", TENANT, Access.ofTenant(Role.OPERATOR), this::delete));
    }

    private CompletionStage<HttpResponse> list(Call call) {
        Page page = Page.of(call);
        return directory.list(page.after(), page.limit()).handle((entries, failure) -> {
            if (failure != null) {
                throw unlisted().exception();
            }
            return page.answer(entries, TenantDirectory.Entry::tenant);
        });
    }

    private CompletionStage<HttpResponse> show(Call call) {
        Name tenant = call.name("tenant");
        return guards.<PolicyReply>ask(tenant, GuardCommand.ShowPolicy::new)
                .thenApply(reply -> shown(call, tenant, reply));
    }

    private static HttpResponse shown(Call call, Name tenant, PolicyReply reply) {
        return switch (reply) {
            case PolicyReply.Shown(TenantPolicy policy, long version) -> Versioned.shown(call, policy, version);
            case PolicyReply.StoodIn(PolicyReply lastKnown) -> Degraded.answer(() -> shown(call, tenant, lastKnown));
            case PolicyReply other -> refused(tenant, other);
        };
    }

    private CompletionStage<HttpResponse> put(Call call) {
        Name tenant = call.name("tenant");
        Precondition precondition = Preconditions.of(call);
        return bodies.json(call, TenantPolicy.class)
                .thenCompose(policy -> guards.<PolicyReply>ask(
                                tenant, replyTo -> new GuardCommand.PutPolicy(replyTo, policy, precondition))
                        .thenApply(reply -> switch (reply) {
                            case PolicyReply.Put(long version, boolean created) ->
                                Versioned.put(policy, version, created);
                            case PolicyReply other -> refused(tenant, other);
                        }));
    }

    private CompletionStage<HttpResponse> delete(Call call) {
        Name tenant = call.name("tenant");
        Precondition precondition = Preconditions.of(call);
        return guards.<PolicyReply>ask(tenant, replyTo -> new GuardCommand.DeletePolicy(replyTo, precondition))
                .thenApply(reply -> switch (reply) {
                    case PolicyReply.Deleted() -> Answers.noContent();
                    case PolicyReply other -> refused(tenant, other);
                });
    }

    private static HttpResponse refused(Name tenant, PolicyReply reply) {
        throw switch (reply) {
            case PolicyReply.UnknownTenant() ->
                GuardProblems.unknownTenant(tenant).exception();
            case PolicyReply.PreconditionFailed() -> Preconditions.failed().exception();
            case PolicyReply.Shown other -> unexpected(other);
            case PolicyReply.Put other -> unexpected(other);
            case PolicyReply.Deleted other -> unexpected(other);
            case PolicyReply.StoodIn other -> unexpected(other);
        };
    }

    private static IllegalStateException unexpected(PolicyReply reply) {
        return new IllegalStateException("The guard answered another question: " + reply);
    }

    private static Problem unlisted() {
        return Problem.unavailable(
                "directory-unavailable",
                "The list of tenants cannot be read",
                "The database that holds the list does not answer: try again. Tenants by name can be asked for meanwhile.",
                SOON);
    }
}
