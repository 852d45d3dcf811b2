package io.bulwark.persistence.repository;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportsTest {
    @TempDir
    Path directory;

    private Rig rig;

    record Report(String name, Optional<Duration> took, List<Integer> numbers) {
        static Report of(int number) {
            return new Report("tenant acme", Optional.of(Duration.ofMillis(number)), List.of(number));
        }
    }

    @BeforeEach
    void open() throws StoreTrouble {
        rig = new Rig(directory);
    }

    private static Reports<Report> reports(Repository repository) {
        return repository.reports("drills", Report.class, 3);
    }

    @Test
    void reports_areReadByTheNextOpening_theLastFirst_andNobodyElseReadsThem() throws IOException {
        try (Repository repository = rig.open()) {
            reports(repository).add("2", Report.of(2));
            reports(repository).add("1", Report.of(1));
            Rig.assertKind(Kind.EXISTS, () -> reports(repository).add("1", Report.of(7)));
        }
        try (Repository again = rig.open()) {
            assertThat(reports(again).last(10).reports()).containsExactly(Report.of(2), Report.of(1));
            assertThat(reports(again).last(1).reports()).containsExactly(Report.of(2));
            assertThat(reports(again).last(0).reports()).isEmpty();
        }
        assertThat(new String(rig.at.read("drills/2"), StandardCharsets.ISO_8859_1))
                .doesNotContain("acme");
    }

    @Test
    void more_thanAreKept_removesTheLowestWithTheirKeys() throws IOException {
        try (Repository repository = rig.open();
                ObjectStore store = rig.store()) {
            for (int i = 1; i <= 5; i++) {
                reports(repository).add("id-" + i, Report.of(i));
            }
            assertThat(reports(repository).last(10).reports())
                    .containsExactly(Report.of(5), Report.of(4), Report.of(3));
            assertThat(store.list(DataKeys.FOLDER)).hasSize(3);
        }
    }

    @Test
    void damagedOrForeign_isTold_doesNotHideTheOthers_andIsRemovedInItsTurn() throws IOException {
        try (Repository repository = rig.open()) {
            Reports<Report> reports = reports(repository);
            reports.add("1", Report.of(1));
            reports.add("2", Report.of(2));
            rig.at.write("drills/3", rig.at.read("drills/1"));
            rig.at.flip("drills/1", rig.at.read("drills/1").length - 1);
            Reports.Listing<Report> listing = reports.last(10);
            assertThat(listing.reports()).containsExactly(Report.of(2));
            assertThat(listing.unreadable().keySet()).containsExactlyInAnyOrder("1", "3");
            reports.add("4", Report.of(4));
            assertThat(rig.at.has("drills/1")).isFalse();
        }
    }
}
