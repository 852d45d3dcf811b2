package io.bulwark.load.result;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Several results as one short table in Markdown: rates, latencies and whatever was asserted, a line for each subject. */
public final class Summary {
    private static final Set<String> ALWAYS = Set.of("rate", "p50", "p99");
    private static final Pattern WORDS = Pattern.compile("[^\\w.-]+");

    private Summary() {}

    /** The table, and beneath it where and from what it was measured; ends with a line end. */
    public static String of(List<Result> results) {
        String rows = results.stream().flatMap(Summary::rows).collect(Collectors.joining());
        return "| run | subject | figures | asserted |\n|---|---|---|---|\n" + rows + "\n"
                + results.stream().map(Summary::origin).distinct().collect(Collectors.joining("\n")) + "\n";
    }

    private static Stream<String> rows(Result result) {
        List<Figure> shown = result.figures().stream()
                .filter(figure -> ALWAYS.contains(figure.metric()) || isAsserted(figure, result.assessments()))
                .toList();
        List<String> subjects = shown.stream().map(Figure::subject).distinct().toList();
        if (subjects.isEmpty()) {
            return Stream.of(row(title(result), "", "", asserted(result)));
        }
        return IntStream.range(0, subjects.size())
                .mapToObj(i -> row(
                        i == 0 ? title(result) : "",
                        cell(subjects.get(i)),
                        figures(shown, subjects.get(i)),
                        i == 0 ? asserted(result) : ""));
    }

    private static String row(String run, String subject, String figures, String asserted) {
        return "| " + String.join(" | ", run, subject, figures, asserted) + " |\n";
    }

    private static String title(Result result) {
        return cell(result.title()) + " (`" + code(result.name()) + "`)";
    }

    private static String figures(Collection<Figure> shown, String subject) {
        return shown.stream()
                .filter(figure -> figure.subject().equals(subject))
                .map(figure -> cell(figure.metric() + " " + Numbers.of(figure.median(), figure.unit()) + range(figure)))
                .collect(Collectors.joining(", "));
    }

    private static String range(Figure figure) {
        int decimals = Numbers.decimals(figure.values());
        return figure.values().size() > 1
                ? " (" + Numbers.fixed(figure.min(), decimals) + " to " + Numbers.fixed(figure.max(), decimals) + ")"
                : "";
    }

    private static String asserted(Result result) {
        return result.assessments().stream()
                .map(assessment -> (assessment.holds() ? "holds: `" : "**does not hold**: `")
                        + code(assessment.assertion()) + "` (" + cell(assessment.seen()) + ")")
                .collect(Collectors.joining("; "));
    }

    private static boolean isAsserted(Figure figure, List<Assessment> assessments) {
        Set<String> names = Set.of(figure.metric(), figure.subject() + "." + figure.metric());
        return assessments.stream()
                .flatMap(assessment -> WORDS.splitAsStream(assessment.assertion()))
                .anyMatch(names::contains);
    }

    private static String origin(Result result) {
        Machine machine = result.machine();
        return cell(machine.processor() + ", " + machine.cores() + " cores, " + Numbers.bytes(machine.memoryBytes())
                + ", " + machine.system() + ", " + machine.java() + "; commit " + result.commit());
    }

    private static String cell(String text) {
        return code(text).replace("<", "&lt;");
    }

    /** Between backticks everything but the table's own sign is text. */
    private static String code(String text) {
        return text.replaceAll("\\s+", " ").replace("|", "\\|").replace("`", "'");
    }
}
