package io.bulwark.load.history;

import java.util.Optional;

/** How a call ended, as its client saw it. */
public sealed interface Ending {
    /** What the ending says about the operation. */
    Meaning meaning();

    /**
     * An answer came.
     *
     * @param problem the name after {@code urn:bulwark:problem:} when Bulwark itself answered with a problem
     * @param replayed whether it was marked as a replay
     * @param degraded whether it was marked as given without the tenant's guard
     */
    record Answered(int status, Optional<String> problem, boolean replayed, boolean degraded, String body)
            implements Ending {
        @Override
        public Meaning meaning() {
            return problem.map(Answered::ofProblem).orElseGet(() -> ofService(status));
        }

        /** The rule {@code all-but-429-and-503}. */
        private static Meaning ofService(int status) {
            return status == 429 || status == 503 ? Meaning.RELEASED : Meaning.RECORDED;
        }

        private static Meaning ofProblem(String problem) {
            return switch (problem) {
                case "operation-outcome-unknown", "service-timeout", "service-broke-off" -> Meaning.UNKNOWN;
                case "operation-in-flight" -> Meaning.IN_FLIGHT;
                case "service-unreachable",
                        "ledger-unavailable",
                        "guard-unavailable",
                        "circuit-open",
                        "quota-exceeded",
                        "guard-overloaded",
                        "overloaded",
                        "service-busy" -> Meaning.NOT_DONE;
                default -> Meaning.UNDOCUMENTED;
            };
        }
    }

    /** No answer came, or only a part of one: the client knows nothing. */
    record Lost(String why) implements Ending {
        @Override
        public Meaning meaning() {
            return Meaning.LOST;
        }
    }

    /** What an ending says about the operation. */
    enum Meaning {
        /** Executed; this is the answer that stands. */
        RECORDED,
        /** The service refused to execute; another try may. */
        RELEASED,
        /** Perhaps executed, and nobody knows how it ended. */
        UNKNOWN,
        /** Another call with the key is at it. */
        IN_FLIGHT,
        /** Bulwark did not send it to the service, or nothing of it. */
        NOT_DONE,
        /** The client knows nothing. */
        LOST,
        /** An answer that the contract does not have here. */
        UNDOCUMENTED
    }
}
