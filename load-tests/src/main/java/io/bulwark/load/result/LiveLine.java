package io.bulwark.load.result;

import java.io.Console;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Shows how a run goes while it goes: on a terminal in one line that is rewritten every second, elsewhere in a plain
 * line every {@value #PLAIN_EVERY} seconds. For one thread.
 */
public final class LiveLine implements AutoCloseable {
    private static final int PLAIN_EVERY = 5;
    private static final String REWRITE = "\r\u001b[2K";

    private final PrintStream out;
    private final boolean terminal;
    private final List<Second> since = new ArrayList<>();
    private long calls;
    private long failed;
    private boolean open;

    LiveLine(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** On standard error, so that what a run prints as its result can be piped. */
    public static LiveLine onStandardError() {
        return new LiveLine(
                System.err,
                Optional.ofNullable(System.console())
                        .filter(Console::isTerminal)
                        .isPresent());
    }

    /** Takes the next second of the run. */
    public void show(Second second) {
        calls += second.calls();
        failed += second.failed();
        since.add(second);
        if (terminal) {
            out.print(REWRITE + line());
            out.flush();
            open = true;
            since.clear();
        } else if (since.size() >= PLAIN_EVERY) {
            out.println(line());
            since.clear();
        }
    }

    /** Ends the line, so that what is printed next begins on one of its own; shows what is left of plain ones. */
    @Override
    public void close() {
        if (open) {
            out.println();
        } else if (!since.isEmpty()) {
            out.println(line());
        }
        open = false;
        since.clear();
    }

    private String line() {
        long rate = since.stream().mapToLong(Second::calls).sum() / since.size();
        double p50 = since.stream().mapToDouble(Second::p50Millis).sorted().toArray()[since.size() / 2];
        double p99 = since.stream().mapToDouble(Second::p99Millis).max().orElse(0);
        return Numbers.clock(since.getLast().at() + 1) + "  " + Numbers.of((double) rate) + "/s  p50 " + Numbers.of(p50)
                + " ms  p99 " + Numbers.of(p99) + " ms  errors " + Numbers.of((double) failed) + " of "
                + Numbers.of((double) calls);
    }
}
