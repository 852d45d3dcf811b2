package io.bulwark.node;

import io.bulwark.node.command.BulwarkCommand;

/** The program. */
public final class Main {
    private Main() {}

    /** Ends with 0 when done, 1 when it failed (one sentence on standard error), 2 when called wrongly. */
    public static void main(String[] args) {
        System.exit(BulwarkCommand.commandLine().execute(args));
    }
}
