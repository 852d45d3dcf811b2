package io.bulwark.persistence.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.persistence.backup.TestBackups.Content;
import io.bulwark.persistence.repository.BackupStart.Kind;
import io.bulwark.persistence.repository.Repository;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RestorePaceTest {
    @TempDir
    Path directory;

    @Test
    void probe_measuresBoth_andLeavesNothing() throws IOException {
        Path target = directory.resolve("deep/target");
        try (Repository repository = TestBackups.repository(directory.resolve("repository"))) {
            Content.minimal()
                    .file("base/1/1", new byte[9 << 20])
                    .store(repository, TestBackups.start("f", Kind.FULL, Optional.empty()));
            RestorePlan plan = new Restore(repository, new SplittableRandom(1)).dryRun(RestoreRequest.of("f", target));
            RestorePace pace = RestorePace.probe(repository, plan, target);
            // Slower than that, nobody could restore anything.
            assertThat(pace.readPerSecond()).isGreaterThan(100_000);
            assertThat(pace.writtenPerSecond()).isGreaterThan(100_000);
        }
        assertThat(directory.toFile().list()).containsExactly("repository");
    }

    @ParameterizedTest(name = "{0}/s read, {1}/s written: {2} in {3} s")
    @CsvSource({"100,200,1000,10", "200,100,1000,10", "100,100,1001,11", "100,100,0,0"})
    void slowerOne_counts(double read, double written, long bytes, long seconds) {
        assertThat(new RestorePace(read, written).of(bytes)).isEqualTo(Duration.ofSeconds(seconds));
    }
}
