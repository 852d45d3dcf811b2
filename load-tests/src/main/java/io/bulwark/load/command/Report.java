package io.bulwark.load.command;

import io.bulwark.load.result.Result;
import io.bulwark.load.result.Results;
import io.bulwark.load.result.Summary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code load report}: makes pages again from kept results, and a table of several for a README. */
@Command(
        name = "report",
        description = "Makes the pages of kept results again, and a short table of them in Markdown.",
        mixinStandardHelpOptions = true)
public final class Report implements Callable<Integer> {
    @Parameters(
            arity = "1..*",
            paramLabel = "FILE.json",
            description = "Results as `load run` and `load compare` keep them.")
    private List<Path> files = List.of();

    @Option(names = "--out", paramLabel = "DIR", description = "Where the pages go. Default: beside each file.")
    private @Nullable Path out;

    @Option(names = "--table", description = "Print the table instead of making pages.")
    private boolean table;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        List<Result> results = files.stream().map(this::read).toList();
        if (table) {
            print(Summary.of(results));
        } else {
            for (int i = 0; i < files.size(); i++) {
                print(Results.writePage(results.get(i), directory(files.get(i))) + System.lineSeparator());
            }
        }
        return 0;
    }

    private Path directory(Path file) {
        return out != null ? out : file.toAbsolutePath().resolveSibling("").normalize();
    }

    private Result read(Path file) {
        if (!Files.isReadable(file)) {
            throw wrong(file + " is not there or cannot be read: expected the NAME.json of a run");
        }
        try {
            return Results.read(file);
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec().commandLine(), message);
    }

    private void print(String text) {
        spec().commandLine().getOut().print(text);
        spec().commandLine().getOut().flush();
    }

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("This command runs only within picocli");
        }
        return spec;
    }
}
