package io.bulwark.scaling;

import io.bulwark.scaling.Autoscaler.Limited;
import java.util.Optional;
import java.util.stream.Collectors;

/** Says in a sentence why a size was come to. */
final class Explanation {
    private Explanation() {}

    static String of(int size, Limited limited, Proposals proposals, Optional<Emergency> emergency) {
        String what = size == limited.to() ? size + " nodes stay" : "From " + size + " to " + limited.to() + " nodes";
        return what + ": " + emergency.map(Explanation::of).orElseGet(() -> why(limited, proposals)) + ".";
    }

    private static String of(Emergency emergency) {
        return emergency.nodes() + " were ordered until " + emergency.until() + " ("
                + emergency.reason().strip() + ")";
    }

    private static String why(Limited limited, Proposals proposals) {
        String asked = proposals.all().stream()
                .filter(each -> each.nodes()
                        .filter(nodes -> nodes == limited.recommended())
                        .isPresent())
                .findFirst()
                .map(Explanation::asks)
                .orElse(limited.limits().isEmpty() ? "nothing asks for another number" : "");
        String limits = limited.limits().stream().map(Explanation::said).collect(Collectors.joining("; "));
        return asked + (asked.isEmpty() || limits.isEmpty() ? "" : "; ") + limits;
    }

    private static String asks(Recommendation it) {
        String numbers = it.observed()
                .map(value -> " (" + Numbers.shown(value)
                        + it.wanted()
                                .map(wanted -> it.source().startsWith("rule ")
                                        ? " against a threshold of " + Numbers.shown(wanted)
                                        : " a node, " + Numbers.shown(wanted) + " wanted")
                                .orElse("")
                        + ")")
                .orElse("");
        return it.source() + " asks for " + it.nodes().map(String::valueOf).orElse("nothing") + numbers
                + (it.note().isEmpty() ? "" : ", although " + it.note());
    }

    private static String said(String limit) {
        return switch (limit) {
            case "stabilization" -> "stabilization waits until that has been asked for long enough";
            case "scaleUp", "scaleDown" -> limit + " allows no more at a time";
            case "maximum" -> "the maximum is reached";
            case "minimum" -> "the minimum is kept";
            case "schedule" -> "a schedule keeps more";
            case "paused" -> "the policy is paused";
            default -> "it is not made smaller while something is " + limit;
        };
    }
}
