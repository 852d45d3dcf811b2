package io.bulwark.http.backup;

import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import io.bulwark.backup.BackupPolicy;
import io.bulwark.backup.BackupRun;
import io.bulwark.backup.BackupTask;
import io.bulwark.backup.BackupView;
import io.bulwark.backup.Backups;
import io.bulwark.backup.Backups.CancelReply;
import io.bulwark.backup.Backups.Held;
import io.bulwark.backup.Backups.PolicyReply;
import io.bulwark.backup.Backups.RunReply;
import io.bulwark.backup.HeldBackup;
import io.bulwark.http.control.Preconditions;
import io.bulwark.http.control.Versioned;
import io.bulwark.http.server.Access;
import io.bulwark.http.server.Answers;
import io.bulwark.http.server.Call;
import io.bulwark.http.server.Query;
import io.bulwark.http.server.RequestBodies;
import io.bulwark.http.server.Role;
import io.bulwark.http.server.Route;
import io.bulwark.wire.Precondition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Shows and changes the backup policy, takes, verifies and deletes backups, and shows what there is. */
public final class BackupRoutes {
    private static final String POLICY = "/v1/backups/policy";
    private static final String RUN = "/v1/backups/runs/{run}";
    private static final String ONE = "/v1/backups/{backup}";
    private static final String CAUSE = "asked for over HTTP";
    private static final int PAGE_MAX = 500;
    private static final int PAGE_ABSENT = 100;

    private final Backups backups;
    private final RequestBodies bodies;

    /** Reads this node's copy and the repository, and asks the coordinator. */
    public BackupRoutes(Backups backups, RequestBodies bodies) {
        this.backups = backups;
        this.bodies = bodies;
    }

    /** The lines of the route table. */
    public List<Route> routes() {
        return List.of(
                new Route("GET", "/v1/backups/status", Access.ofCluster(Role.VIEWER), this::status),
                new Route("GET", POLICY, Access.ofCluster(Role.VIEWER), this::policy),
                new Route("PUT", POLICY, Access.ofCluster(Role.OPERATOR), this::put),
                new Route("GET", "/v1/backups", Access.ofCluster(Role.VIEWER), this::list),
                new Route("POST", "/v1/backups", Access.ofCluster(Role.OPERATOR), this::take),
                new Route("GET", "/v1/backups/runs", Access.ofCluster(Role.VIEWER), this::runs),
                new Route("GET", RUN, Access.ofCluster(Role.VIEWER), this::run),
                new Route("DELETE", RUN, Access.ofCluster(Role.OPERATOR), this::cancel),
                new Route("GET", ONE, Access.ofCluster(Role.VIEWER), this::show),
                new Route("POST", ONE + "/verify", Access.ofCluster(Role.OPERATOR), this::verify),
                new Route("DELETE", ONE, Access.ofCluster(Role.ADMIN), this::delete),
                new Route("GET", "/v1/drills", Access.ofCluster(Role.VIEWER), this::drills),
                new Route("POST", "/v1/drills", Access.ofCluster(Role.OPERATOR), this::drill));
    }

    private CompletionStage<HttpResponse> status(Call call) {
        return CompletableFuture.completedStage(Answers.json(200, ShownStatus.of(view())));
    }

    private CompletionStage<HttpResponse> policy(Call call) {
        BackupView view = view();
        return CompletableFuture.completedStage(Versioned.shown(call, view.policy(), view.version()));
    }

    private CompletionStage<HttpResponse> put(Call call) {
        Precondition precondition = Preconditions.of(call);
        return bodies.json(call, BackupPolicy.class)
                .thenCompose(policy -> asked(here().put(policy, precondition)).thenApply(reply -> switch (reply) {
                    case PolicyReply.Put(long version) -> Versioned.put(policy, version, false);
                    case PolicyReply.PreconditionFailed() ->
                        throw Preconditions.failed().exception();
                }));
    }

    private CompletionStage<HttpResponse> list(Call call) {
        Query query = Query.of(call, Set.of("limit", "after"));
        int limit = query.number("limit", 1, PAGE_MAX, PAGE_ABSENT);
        Optional<String> after = query.text("after");
        return read(here().held()).thenApply(held -> page(held, after, limit));
    }

    private static HttpResponse page(Held held, Optional<String> after, int limit) {
        List<HeldBackup> from = held.backups();
        if (after.isPresent()) {
            from = from.stream()
                    .dropWhile(backup -> !backup.id().equals(after.get()))
                    .skip(1)
                    .toList();
        }
        List<HeldBackup> items = from.stream().limit(limit).toList();
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("items", items);
        members.put("unreadable", held.unreadable());
        if (items.size() < from.size()) {
            members.put("next", items.getLast().id());
        }
        return Answers.json(200, members);
    }

    private CompletionStage<HttpResponse> take(Call call) {
        return bodies.json(call, TakeRequest.class).thenCompose(request -> ordered(request.task()));
    }

    private CompletionStage<HttpResponse> runs(Call call) {
        Query query = Query.of(call, Set.of("limit", "after"));
        int limit = query.number("limit", 1, PAGE_MAX, PAGE_ABSENT);
        int before = query.number("after", 1, Integer.MAX_VALUE, Integer.MAX_VALUE);
        return asked(here().runs(before, limit)).thenApply(lines -> {
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("items", lines.stream().map(this::shown).toList());
            if (lines.size() == limit) {
                members.put("next", Long.toString(lines.getLast().number()));
            }
            return Answers.json(200, members);
        });
    }

    private ShownRun shown(BackupRun run) {
        return ShownRun.of(run, backups.view().flatMap(BackupView::progress));
    }

    private CompletionStage<HttpResponse> run(Call call) {
        long number = number(call);
        return asked(here().runs(number + 1, 1))
                .thenApply(lines -> lines.stream()
                        .filter(run -> run.number() == number)
                        .findFirst()
                        .map(run -> Answers.json(200, shown(run)))
                        .orElseThrow(() ->
                                BackupProblems.noSuchRun(Long.toString(number)).exception()));
    }

    private CompletionStage<HttpResponse> cancel(Call call) {
        long number = number(call);
        return asked(here().cancel(number, CAUSE)).thenApply(reply -> switch (reply) {
            case CancelReply.CANCELLED -> Answers.noContent();
            case CancelReply.OVER -> throw BackupProblems.over(number).exception();
            case CancelReply.UNKNOWN ->
                throw BackupProblems.noSuchRun(Long.toString(number)).exception();
        });
    }

    private static long number(Call call) {
        String text = call.variable("run");
        if (!text.matches("[1-9][0-9]{0,17}")) {
            throw BackupProblems.noSuchRun("'" + text + "'").exception();
        }
        return Long.parseLong(text);
    }

    private CompletionStage<HttpResponse> show(Call call) {
        return found(call).thenApply(backup -> Answers.json(200, backup));
    }

    private CompletionStage<HttpResponse> verify(Call call) {
        return found(call).thenCompose(backup -> ordered(new BackupTask.Verify(backup.id())));
    }

    private CompletionStage<HttpResponse> delete(Call call) {
        return found(call).thenCompose(backup -> ordered(new BackupTask.Delete(backup.id())));
    }

    private CompletionStage<HeldBackup> found(Call call) {
        String id = call.variable("backup");
        return read(here().held())
                .thenApply(held -> held.backups().stream()
                        .filter(backup -> backup.id().equals(id))
                        .findFirst()
                        .orElseThrow(() -> BackupProblems.noSuchBackup(id).exception()));
    }

    private CompletionStage<HttpResponse> drills(Call call) {
        int limit = Query.of(call, Set.of("limit")).number("limit", 1, PAGE_MAX, PAGE_ABSENT);
        return read(here().drills(limit)).thenApply(reports -> Answers.json(200, Map.of("items", reports)));
    }

    private CompletionStage<HttpResponse> drill(Call call) {
        return ordered(new BackupTask.Drill());
    }

    private CompletionStage<HttpResponse> ordered(BackupTask task) {
        return asked(here().order(task, CAUSE)).thenApply(reply -> switch (reply) {
            case RunReply.Accepted(BackupRun run) ->
                Answers.json(202, shown(run))
                        .addHeader(RawHeader.create("Location", "/v1/backups/runs/" + run.number()));
            case RunReply.Full(int waiting) ->
                throw BackupProblems.full(waiting).exception();
        });
    }

    private Backups here() {
        if (!backups.configured()) {
            throw BackupProblems.notConfigured().exception();
        }
        return backups;
    }

    private BackupView view() {
        return here().view().orElseThrow(() -> BackupProblems.unavailable().exception());
    }

    private static <T> CompletionStage<T> asked(CompletionStage<T> stage) {
        return stage.exceptionally(failure -> {
            throw BackupProblems.unavailable().exception();
        });
    }

    private static <T> CompletionStage<T> read(CompletionStage<T> stage) {
        return stage.exceptionally(failure -> {
            throw BackupProblems.of(failure).exception();
        });
    }
}
