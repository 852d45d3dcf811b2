package io.bulwark.load.node;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The packaged form of a node: the folder that holds {@code bin/bulwark}. */
public record Distribution(Path home) {
    /** The property that says where the folder is; by default that of a checkout, seen from its module load-tests. */
    public static final String PROPERTY = "bulwark.distribution";

    /** @throws IllegalStateException when nothing is packaged there */
    public Distribution {
        home = home.toAbsolutePath().normalize();
        if (!Files.isExecutable(home.resolve("bin/bulwark"))) {
            throw new IllegalStateException("There is no " + home + "/bin/bulwark: run `mvn package` first");
        }
    }

    /** The one that the build made. */
    public static Distribution packaged() {
        return new Distribution(Path.of(System.getProperty(PROPERTY, "../node/target/bulwark")));
    }

    /** The launcher with these arguments, on the JDK that this JVM runs on. */
    ProcessBuilder command(List<String> arguments) {
        return command(List.of(), arguments);
    }

    /** The same behind other words, such as those that run a command in a network namespace. */
    ProcessBuilder command(List<String> prefix, List<String> arguments) {
        List<String> words = new ArrayList<>(prefix);
        words.add(home.resolve("bin/bulwark").toString());
        words.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().keySet().removeIf(name -> name.startsWith("BULWARK_"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder;
    }
}
