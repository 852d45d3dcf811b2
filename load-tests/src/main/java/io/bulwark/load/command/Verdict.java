package io.bulwark.load.command;

import io.bulwark.load.result.Assertion;
import io.bulwark.load.result.Assessment;
import io.bulwark.load.result.Result;
import io.bulwark.load.result.Results;
import io.bulwark.load.result.Summary;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;

/** Keeps results, says what came of them, and makes the exit status of it. */
final class Verdict {
    private Verdict() {}

    /** The same held against these assertions instead of its own; against its own when there are none. */
    static Result against(Result result, List<Assertion> assertions) {
        if (assertions.isEmpty()) {
            return result;
        }
        List<Assessment> assessments = assertions.stream()
                .map(assertion -> assertion.assess(result.figures()))
                .toList();
        return new Result(
                result.name(),
                result.title(),
                result.started(),
                result.took(),
                result.commit(),
                result.machine(),
                result.configuration(),
                result.figures(),
                result.series(),
                result.marks(),
                assessments,
                result.notes());
    }

    /** Writes a result's files and prints it; failed assertions go to the second writer. */
    static boolean keep(Result result, Path directory, PrintWriter out, PrintWriter err) {
        Results.write(result, directory);
        out.println(Summary.of(List.of(result)));
        result.assessments()
                .forEach(each -> (each.holds() ? out : err)
                        .println((each.holds() ? "holds: " : "does not hold: ") + each.assertion() + " (" + each.seen()
                                + ")"));
        out.println("kept in " + directory.resolve(result.name() + ".json") + " and .html");
        out.flush();
        err.flush();
        return result.holds();
    }
}
