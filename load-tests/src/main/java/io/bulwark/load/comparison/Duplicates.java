package io.bulwark.load.comparison;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Judges what callers were told about the keys that they claimed. */
final class Duplicates {
    /** An operation is claimed for the first time: whoever is told so does the work. */
    private static final int FIRST = 201;

    private static final int COMPLETED = 200;

    private Duplicates() {}

    /** What a caller was told when it claimed a key. */
    record Claimed(String key, int status) {}

    /** How often somebody was told to do work that somebody had been told to do before. */
    static long count(List<Claimed> claims) {
        Map<String, Long> firsts = claims.stream()
                .filter(claim -> claim.status() == FIRST)
                .collect(Collectors.groupingBy(Claimed::key, Collectors.counting()));
        return firsts.values().stream().mapToLong(times -> times - 1).sum();
    }

    /**
     * How many completions were acknowledged and are not there.
     *
     * @param completed keys whose completion was acknowledged
     * @param afterwards what a claim of each of them was answered in the end; one that is missing counts as lost
     */
    static long lost(Set<String> completed, List<Claimed> afterwards) {
        Map<String, Claimed> byKey =
                afterwards.stream().collect(Collectors.toMap(Claimed::key, Function.identity(), (one, other) -> other));
        return completed.stream()
                .map(byKey::get)
                .filter(claim -> claim == null || claim.status() != COMPLETED)
                .count();
    }
}
