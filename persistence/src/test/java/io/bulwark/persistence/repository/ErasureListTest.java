package io.bulwark.persistence.repository;

import static io.bulwark.persistence.repository.Rig.assertKind;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.grammar.Name;
import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was erased stays on the list, in its order, and nobody changes it unnoticed. */
class ErasureListTest {
    private static final Erasure TENANT = new Erasure(new Name("gone"), Optional.empty(), "contract ended", Rig.NOW);
    private static final Erasure ROWS = new Erasure(
            new Name("acme"),
            Optional.of(new Erasure.Rows("app", "customer", "tenant", "email", List.of("a@x", "b@x"))),
            "article 17",
            Rig.NOW);

    @TempDir
    Path directory;

    private Rig rig;

    @BeforeEach
    void makeRepository() throws StoreTrouble {
        rig = new Rig(directory);
    }

    private static ErasureList.Entry add(Repository repository, Erasure erasure) throws StoreTrouble {
        return repository.erasures().add(erasure);
    }

    @Test
    void whatIsAdded_isListed_alsoByAnotherProcess_andAfterTheKeysWereRotated() throws IOException {
        try (Repository repository = rig.open()) {
            assertThat(repository.erasures().entries()).isEmpty();
            assertThat(add(repository, TENANT).number()).isEqualTo(1);
            assertThat(add(repository, ROWS).number()).isEqualTo(2);
        }
        try (Repository repository = rig.open()) {
            assertThat(repository.erasures().entries())
                    .containsExactly(new ErasureList.Entry(1, TENANT), new ErasureList.Entry(2, ROWS));
            assertThat(add(repository, ROWS).number()).isEqualTo(3);
        }
    }

    @Test
    void keysInIt_cannotBeReadInTheStore() throws IOException {
        try (Repository repository = rig.open()) {
            add(repository, ROWS);
        }
        assertThat(new String(rig.at.read("erasures/00000001"), StandardCharsets.ISO_8859_1))
                .doesNotContain("a@x", "article");
        assertKind(Kind.WRONG_KEY, () -> {
            try (Repository repository = rig.open(Rig.ring(KeyRing.newLine("k2")))) {
                repository.erasures().entries();
            }
        });
    }

    @Test
    void entryThatIsChanged_swapped_orTakenOut_isFound() throws IOException {
        try (Repository repository = rig.open()) {
            IntStream.range(0, 3).forEach(_ -> addUnchecked(repository, ROWS));
            String second = "erasures/00000002";
            byte[] stored = rig.at.read(second);
            byte[] flipped = stored.clone();
            flipped[stored.length - 20] ^= 1;

            rig.at.write(second, flipped);
            assertKind(Kind.DAMAGED, () -> repository.erasures().entries());
            rig.at.write(second, rig.at.read("erasures/00000001"));
            assertKind(Kind.DAMAGED, () -> repository.erasures().entries());
            rig.at.delete(second);
            assertThatThrownBy(() -> repository.erasures().entries())
                    .hasMessageContaining("erasures/00000002 is missing");
            rig.at.write(second, stored);
            assertThat(repository.erasures().erasures()).containsExactly(ROWS, ROWS, ROWS);
        }
    }

    private static void addUnchecked(Repository repository, Erasure erasure) {
        try {
            add(repository, erasure);
        } catch (StoreTrouble trouble) {
            throw new IllegalStateException(trouble);
        }
    }

    @Test
    void manyWhoAddAtOnce_loseNothing() throws Exception {
        try (Repository one = rig.open();
                Repository other = rig.open();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> adding = IntStream.range(0, 16)
                    .<Future<?>>mapToObj(n -> threads.submit(() -> addUnchecked(n % 2 == 0 ? one : other, TENANT)))
                    .toList();
            for (Future<?> each : adding) {
                each.get();
            }
            assertThat(one.erasures().entries())
                    .extracting(ErasureList.Entry::number)
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(1, 16).boxed().toList());
        }
    }

    @Test
    void erasure_withoutAReasonOrValues_isRefused() {
        assertThatThrownBy(() -> new Erasure(new Name("acme"), Optional.empty(), " ", Rig.NOW))
                .hasMessageContaining("reason has 1 characters");
        assertThatThrownBy(() -> new Erasure.Rows("app", "customer", "tenant", "email", List.of()))
                .hasMessageContaining("values (how many) is 0");
    }
}
