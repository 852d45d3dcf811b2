package io.bulwark.node.command;

import io.bulwark.persistence.backup.Progress;
import java.io.Console;
import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** How far something is, on standard error: a bar that is drawn again on a terminal, a line every tenth elsewhere. */
final class ProgressLine implements Progress, AutoCloseable {
    private static final int WIDTH = 30;
    private static final int PERCENT = 100;
    private static final int TENTH = 10;

    private final PrintWriter err;
    private final String what;
    private final boolean terminal;
    private final long begunNanos = System.nanoTime();
    private int shown = -1;
    private long bytes;

    private ProgressLine(PrintWriter err, String what, boolean terminal) {
        this.err = err;
        this.what = what;
        this.terminal = terminal;
    }

    static ProgressLine on(CommandSpec spec, String what) {
        boolean terminal = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .isPresent();
        return new ProgressLine(spec.commandLine().getErr(), what, terminal);
    }

    @Override
    public void moved(long bytesDone, long bytesTotal) {
        bytes = bytesDone;
        int percent = bytesTotal <= 0 ? 0 : (int) Math.min(PERCENT, bytesDone * PERCENT / bytesTotal);
        int step = terminal ? percent : percent / TENTH * TENTH;
        if (step > shown) {
            shown = step;
            String text = what + "  " + step + " %, " + Bytes.shown(bytesDone) + " of " + Bytes.shown(bytesTotal);
            if (terminal) {
                int full = percent * WIDTH / PERCENT;
                err.print("\r[" + "#".repeat(full) + " ".repeat(WIDTH - full) + "] " + text + "   ");
            } else {
                err.println(text);
            }
            err.flush();
        }
    }

    /** All of it is done: says how much, and how fast. */
    void done() {
        double seconds = Math.max(1e-3, (System.nanoTime() - begunNanos) / 1e9);
        end();
        err.println(what + "  " + Bytes.shown(bytes) + " in " + Math.round(seconds * TENTH) / (double) TENTH + " s ("
                + Bytes.shown((long) (bytes / seconds)) + "/s)");
        err.flush();
    }

    @Override
    public void close() {
        end();
    }

    private void end() {
        if (terminal && shown >= 0) {
            err.println();
            shown = -1;
        }
    }
}
