package io.bulwark.http.gateway;

import akka.http.javadsl.model.HttpHeader;
import io.bulwark.circuit.Outcome;
import io.bulwark.guard.Admission;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.GuardCommand.Keyed;
import io.bulwark.guard.LimitReport;
import io.bulwark.http.ratelimit.RateLimitHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Asks a tenant's guard whether a call may be made. */
final class Admissions {
    private static final Duration MARGIN = Duration.ofSeconds(1);

    private Admissions() {}

    /** Asks; fails with 503 when the guard does not answer within the wait and what the settings add to it. */
    static CompletionStage<Admission> ask(
            Means means, GuardedCall call, Optional<Keyed> keyed, Duration waitAtMost, boolean charge) {
        Duration within = waitAtMost.plus(means.settings().guardWithin());
        return means.guards()
                .<Admission>ask(
                        call.tenant(),
                        replyTo -> new GuardCommand.Admit(
                                replyTo, call.serviceName(), keyed, lease(means, call), waitAtMost, charge),
                        within)
                .exceptionally(failure -> {
                    throw GatewayProblems.guardUnavailable(call.tenant(), within, failure);
                });
    }

    /** How long one execution takes at most, from its claim or permit to its record. */
    static Duration lease(Means means, GuardedCall call) {
        GatewaySettings settings = means.settings();
        return call.service()
                .timeout()
                .plus(call.service().connectTimeout())
                .plus(settings.answerBodyWithin())
                .plus(settings.recordWithin())
                .plus(MARGIN);
    }

    /** Where the limits stand, as the tenant wants it told. */
    static List<HttpHeader> headers(GuardedCall call, List<LimitReport> limits) {
        return RateLimitHeaders.of(limits, call.policy().legacyRateLimitHeaders());
    }

    /** What a status says of the service: 5xx that it fails; 429 nothing, because it refuses the caller. */
    static Outcome outcome(int status) {
        return status >= 500 ? Outcome.FAILURE : status == 429 ? Outcome.IGNORED : Outcome.SUCCESS;
    }
}
