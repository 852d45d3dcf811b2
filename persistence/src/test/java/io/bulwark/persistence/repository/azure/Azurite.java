package io.bulwark.persistence.repository.azure;

import com.azure.storage.blob.BlobContainerClient;
import io.bulwark.persistence.repository.remote.ChildServer;
import io.bulwark.persistence.repository.remote.RemoteLimits;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/** One Azurite (the emulator of Azure Blob Storage, objects in memory) for all tests of a JVM, where there is npm. */
public final class Azurite {
    static final AzureCredentials.AccountKey CREDENTIALS = new AzureCredentials.AccountKey(
            "bulwark", Base64.getEncoder().encodeToString("only for tests".getBytes(StandardCharsets.US_ASCII)));

    private static final String VERSION = "3.37.0";
    private static final int INSTALL_MINUTES_MAX = 5;
    private static final AtomicInteger CONTAINERS = new AtomicInteger();
    private static final Pattern LISTENING = Pattern.compile("Blob service .* http://127\\.0\\.0\\.1:(\\d+)");

    private Azurite() {}

    private static final class Holder {
        static final URI ENDPOINT = start();

        private static URI start() {
            try {
                Path folder = ChildServer.folder("azurite");
                Path program = folder.resolve("node_modules/azurite/dist/src/blob/main.js");
                if (!Files.exists(program)) {
                    install(folder);
                }
                ChildServer server = ChildServer.start(
                        List.of(
                                "node",
                                program.toString(),
                                "--blobHost",
                                "127.0.0.1",
                                "--blobPort",
                                "0",
                                "--inMemoryPersistence",
                                "--skipApiVersionCheck",
                                "--disableTelemetry"),
                        Map.of("AZURITE_ACCOUNTS", CREDENTIALS.account() + ":" + CREDENTIALS.key()),
                        LISTENING);
                return URI.create("http://127.0.0.1:" + server.port() + "/" + CREDENTIALS.account());
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        private static void install(Path folder) throws IOException {
            Path log = folder.resolve("npm.log");
            Process npm = new ProcessBuilder(
                            "npm",
                            "install",
                            "--prefix",
                            folder.toString(),
                            "--no-audit",
                            "--no-fund",
                            "--ignore-scripts",
                            "azurite@" + VERSION)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            try {
                if (!npm.waitFor(INSTALL_MINUTES_MAX, TimeUnit.MINUTES) || npm.exitValue() != 0) {
                    npm.destroyForcibly();
                    throw new IOException("npm install azurite@" + VERSION + " failed: " + Files.readString(log));
                }
            } catch (InterruptedException interrupted) {
                npm.destroyForcibly();
                Thread.currentThread().interrupt();
                throw new IOException(interrupted);
            }
        }
    }

    /** What is missing for it on this machine; empty when nothing is. */
    static Optional<String> missing() {
        for (String program : List.of("node", "npm")) {
            boolean found = Pattern.compile(File.pathSeparator, Pattern.LITERAL)
                    .splitAsStream(System.getenv().getOrDefault("PATH", ""))
                    .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
            if (!found) {
                return Optional.of("There is no " + program
                        + " on the PATH, so the store on Azure is not tested here: Azurite comes from npm");
            }
        }
        return Optional.empty();
    }

    /**
     * A new container, with small pages and parts.
     *
     * @throws IllegalStateException when {@link #missing something is missing} for it
     */
    public static AzureSettings emptyContainer() {
        missing().ifPresent(missing -> {
            throw new IllegalStateException(missing);
        });
        AzureSettings settings = AzureSettings.of(Holder.ENDPOINT, "test-" + CONTAINERS.incrementAndGet(), CREDENTIALS)
                .with(RemoteLimits.DEFAULT.with(5 << 20, 3))
                .inFolder("prod/");
        BlobContainerClient container = AzureClients.open(settings, new JdkHttpClient(settings.limits()));
        container.create();
        return settings;
    }
}
