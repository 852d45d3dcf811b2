package io.bulwark.http.gateway;

import io.bulwark.grammar.Ranges;
import java.time.Duration;

/**
 * The bounds of the gateway that no tenant's or service's policy sets.
 *
 * @param requestBodyMax the most bytes of a request's body, 0 to 64 MiB; beyond it 413
 * @param requestBodyWithin how long the body of a request with a key may take to arrive, 10 ms to 10 min; then 408
 * @param guardWithin how long the guard may take to answer, beside the wait it was asked for, 10 ms to 60 s; then 503
 * @param recordWithin how long a client waits for the ledger to record the outcome, 10 ms to 60 s; then 503, and the
 *     ledger goes on
 * @param answerBodyWithin how long the body of an answer that is recorded may take to arrive after its head, 10 ms to
 *     10 min; then its outcome is unknown
 * @param bodyIdle how long a streamed body may stand still, either side, 10 ms to 10 min; then the call is broken off
 * @param keepAlive how long a connection to a service is kept for another call, 0 to 60 s: below what services keep
 *     theirs, so that a call rarely meets a connection that is being closed
 * @param ejectFor how long a target that refused a connection gets no calls, 0 to 60 s
 * @param pollEvery the longest pause between looks at an operation that is in flight elsewhere, 1 ms to 10 s
 * @param sweepEvery how often changed and removed services and idle connections are looked for, 10 ms to 60 s
 */
public record GatewaySettings(
        int requestBodyMax,
        Duration requestBodyWithin,
        Duration guardWithin,
        Duration recordWithin,
        Duration answerBodyWithin,
        Duration bodyIdle,
        Duration keepAlive,
        Duration ejectFor,
        Duration pollEvery,
        Duration sweepEvery) {
    /** 1 MiB; 10 s for a body, 3 s for the guard, 5 s for the ledger; connections kept 2 s; swept every second. */
    public static final GatewaySettings DEFAULT = new GatewaySettings(
            1024 * 1024,
            Duration.ofSeconds(10),
            Duration.ofSeconds(3),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(2),
            Duration.ofSeconds(1),
            Duration.ofMillis(250),
            Duration.ofSeconds(1));

    public GatewaySettings {
        Duration tenMillis = Duration.ofMillis(10);
        Duration tenMinutes = Duration.ofMinutes(10);
        Duration minute = Duration.ofMinutes(1);
        Ranges.check("requestBodyMax", requestBodyMax, 0, 64 * 1024 * 1024);
        Ranges.check("requestBodyWithin", requestBodyWithin, tenMillis, tenMinutes);
        Ranges.check("guardWithin", guardWithin, tenMillis, minute);
        Ranges.check("recordWithin", recordWithin, tenMillis, minute);
        Ranges.check("answerBodyWithin", answerBodyWithin, tenMillis, tenMinutes);
        Ranges.check("bodyIdle", bodyIdle, tenMillis, tenMinutes);
        Ranges.check("keepAlive", keepAlive, Duration.ZERO, minute);
        Ranges.check("ejectFor", ejectFor, Duration.ZERO, minute);
        Ranges.check("pollEvery", pollEvery, Duration.ofMillis(1), Duration.ofSeconds(10));
        Ranges.check("sweepEvery", sweepEvery, tenMillis, minute);
    }
}
