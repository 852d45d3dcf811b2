package io.bulwark.http.decisions;

import akka.http.javadsl.model.HttpResponse;
import io.bulwark.grammar.Name;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.LimitReply;
import io.bulwark.guard.LimitReply.Result;
import io.bulwark.guard.LimitReport;
import io.bulwark.http.guard.GuardProblems;
import io.bulwark.http.ratelimit.RateLimitHeaders;
import io.bulwark.http.server.Answers;
import io.bulwark.http.server.Problem;
import io.bulwark.http.server.ProblemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the routes of limits answer. */
final class LimitAnswers {
    private LimitAnswers() {}

    /** @throws ProblemException when it is not allowed */
    static HttpResponse single(Name tenant, Result result) {
        return switch (result) {
            case Result.Allowed(LimitReport report, Duration delay) -> answered(report, allowed(report, delay));
            case Result.Denied(LimitReport report, Duration retryAfter) -> throw exceeded(report, retryAfter);
            case Result.NoSuchLimit(Name limit) ->
                throw GuardProblems.unknownLimit(tenant, limit).exception();
            case Result.HeldNotSpent(Name limit) -> throw heldNotSpent(limit).exception();
        };
    }

    /** One result for each item, in order; each names its limit, because here the path does not. */
    static HttpResponse batch(List<GuardCommand.Item> items, List<Result> results) {
        List<Map<String, Object>> lines = new ArrayList<>(results.size());
        for (int i = 0; i < results.size(); i++) {
            lines.add(line(items.get(i).limit(), results.get(i)));
        }
        return Answers.json(200, Map.of("results", lines));
    }

    static HttpResponse reserved(LimitReply.Reserved reserved) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("reservation", reserved.reservation());
        members.put("expiresAt", reserved.expiresAt());
        members.putAll(allowed(reserved.report(), reserved.delay()));
        return answered(reserved.report(), members);
    }

    static HttpResponse settled(LimitReport report) {
        return answered(report, level(report));
    }

    /** 429 with the same members as an answer that allows it. */
    static ProblemException exceeded(LimitReport report, Duration retryAfter) {
        Problem problem = Problem.of(
                        429,
                        "quota-exceeded",
                        "A limit is reached",
                        "No quota is left of " + report.limit() + ": try again after Retry-After.")
                .with("violated-policies", List.of(report.limit().value()))
                .with("allowed", false)
                .with("limit", report.capacity())
                .with("remaining", report.remaining())
                .with("resetAfter", report.resetAfter())
                .with("retryAfter", retryAfter)
                .withRetryAfter(retryAfter);
        return new ProblemException(problem, RateLimitHeaders.of(List.of(report), false));
    }

    static Problem heldNotSpent(Name limit) {
        return Problem.conflict(
                "limit-needs-reservation",
                "The limit is held, not spent",
                "'" + limit + "' counts what happens at the same time: reserve it, and settle when the work is over.");
    }

    static Problem unknownReservation() {
        return Problem.notFound(
                "unknown-reservation",
                "The reservation ran out and stands in full, was settled before, or never was: there is nothing to do.");
    }

    private static HttpResponse answered(LimitReport report, Map<String, Object> members) {
        return Answers.json(200, members).addHeaders(RateLimitHeaders.of(List.of(report), false));
    }

    private static Map<String, Object> line(Name limit, Result result) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("name", limit);
        line.putAll(
                switch (result) {
                    case Result.Allowed(LimitReport report, Duration delay) -> allowed(report, delay);
                    case Result.Denied(LimitReport report, Duration retryAfter) -> denied(report, retryAfter);
                    case Result.NoSuchLimit(Name absent) -> undecided("unknown-limit");
                    case Result.HeldNotSpent(Name held) -> undecided("limit-needs-reservation");
                });
        return line;
    }

    private static Map<String, Object> allowed(LimitReport report, Duration delay) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("allowed", true);
        members.putAll(level(report));
        if (delay.isPositive()) {
            members.put("delay", delay);
        }
        return members;
    }

    private static Map<String, Object> denied(LimitReport report, Duration retryAfter) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("allowed", false);
        members.putAll(level(report));
        members.put("retryAfter", retryAfter);
        return members;
    }

    private static Map<String, Object> undecided(String problem) {
        return Map.of("allowed", false, "problem", Problem.TYPE_PREFIX + problem);
    }

    private static Map<String, Object> level(LimitReport report) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("limit", report.capacity());
        members.put("remaining", report.remaining());
        members.put("resetAfter", report.resetAfter());
        return members;
    }
}
