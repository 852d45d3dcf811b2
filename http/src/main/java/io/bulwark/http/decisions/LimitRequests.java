package io.bulwark.http.decisions;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.bulwark.grammar.Name;
import io.bulwark.grammar.Ranges;
import io.bulwark.guard.GuardCommand;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is sent to the routes of limits. */
final class LimitRequests {
    private static final Duration RESERVED_MIN = Duration.ofMillis(1);
    private static final Duration RESERVED_MAX = Duration.ofHours(1);

    private LimitRequests() {}

    /** Of {@code …/limits/{limit}/acquire}; a cost that is not given is 1. */
    record Acquire(@Nullable Long cost) {
        Acquire {
            checkCost(cost == null ? 1 : cost, 0);
        }

        GuardCommand.Item item(Name limit) {
            return new GuardCommand.Item(limit, cost == null ? 1 : cost);
        }
    }

    /** Of {@code …/limits/acquire}. */
    record Batch(@JsonProperty(required = true) List<Line> items) {
        Batch {
            Ranges.check("items (how many)", items.size(), 1, GuardCommand.ITEMS_MAX);
        }

        List<GuardCommand.Item> decisions() {
            return items.stream().map(Line::item).toList();
        }
    }

    /** One decision of a {@link Batch}. */
    record Line(
            @JsonProperty(required = true) Name limit,
            @Nullable Long cost) {
        Line {
            checkCost(cost == null ? 1 : cost, 0);
        }

        GuardCommand.Item item() {
            return new GuardCommand.Item(limit, cost == null ? 1 : cost);
        }
    }

    /** Of {@code …/limits/{limit}/reserve}. */
    record Reserve(
            @JsonProperty(required = true) long cost,
            @JsonProperty(value = "for", required = true) Duration expiresIn) {
        Reserve {
            checkCost(cost, 1);
            Ranges.check("for", expiresIn, RESERVED_MIN, RESERVED_MAX);
        }
    }

    /** Of {@code …/limits/{limit}/settle}. */
    record Settle(
            @JsonProperty(required = true) String reservation,
            @JsonProperty(required = true) long cost) {
        Settle {
            checkCost(cost, 0);
        }
    }

    private static void checkCost(long cost, long least) {
        Ranges.check("cost", cost, least, GuardCommand.COST_MAX);
    }
}
