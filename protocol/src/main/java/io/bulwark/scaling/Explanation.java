package io.bulwark.scaling;

import io.bulwark.scaling.Autoscaler.Limited;
import java.util.Optional;
import java.util.stream.Collectors;

/** Says in a sentence why a size was come to. */
final class Explanation {
    private Explanation() {}

    static String of(int size, Limited limited, Proposals proposals, Optional<Emergency> emergency) {
        String what = size == limited.to() ? size + " nodes stay" : "From " + size + " to " + limited.to() + " nodes";
        return what + ": " + emergency.map(Explanation::of).orElseGet(() -> why(size, limited, proposals)) + ".";
    }

    private static String of(Emergency emergency) {
        return emergency.nodes() + " were ordered until " + emergency.until() + " ("
                + emergency.reason().strip() + ")";
    }

    private static String why(int size, Limited limited, Proposals proposals) {
        String asked = asking(proposals, limited.recommended())
                .or(() -> asking(proposals, proposals.largest(size)))
                .map(Explanation::asks)
                .orElseGet(() -> silence(size, limited, proposals));
        String limits = limited.limits().stream().map(Explanation::said).collect(Collectors.joining("; "));
        return asked + (asked.isEmpty() || limits.isEmpty() ? "" : "; ") + limits;
    }

    /** Where nothing asks for anything: what limits the size says enough, if something does. */
    private static String silence(int size, Limited limited, Proposals proposals) {
        if (!limited.limits().isEmpty() && limited.to() != size) {
            return "";
        }
        return proposals.unknown().isEmpty()
                ? "nothing asks for another number than " + size
                : "nothing is known of " + String.join(", ", proposals.unknown());
    }

    private static Optional<Recommendation> asking(Proposals proposals, int number) {
        return proposals.all().stream()
                .filter(each -> each.nodes().filter(nodes -> nodes == number).isPresent())
                .findFirst();
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
