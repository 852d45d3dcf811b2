package io.bulwark.load.result;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * All that is kept of a run.
 *
 * @param name of the scenario or comparison, as the command line has it
 * @param title one line for people
 * @param commit of the checkout, with {@code +} behind it when files had been changed; {@code unknown} outside of one
 * @param configuration what the run was asked to do, by name, in the order in which it is to be read
 * @param marks faults and phases, in order
 * @param assessments empty when nothing was asserted
 * @param notes sentences that a reader needs to judge the figures, such as what was not run and why
 */
public record Result(
        String name,
        String title,
        Instant started,
        Duration took,
        String commit,
        Machine machine,
        Map<String, String> configuration,
        List<Figure> figures,
        List<Series> series,
        List<Mark> marks,
        List<Assessment> assessments,
        List<String> notes) {
    public Result {
        configuration = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(configuration));
        figures = List.copyOf(figures);
        series = List.copyOf(series);
        marks = List.copyOf(marks);
        assessments = List.copyOf(assessments);
        notes = List.copyOf(notes);
    }

    /** Whether all that was asserted holds. */
    public boolean holds() {
        return assessments.stream().allMatch(Assessment::holds);
    }
}
