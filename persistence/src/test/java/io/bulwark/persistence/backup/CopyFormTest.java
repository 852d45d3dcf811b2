package io.bulwark.persistence.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.persistence.repository.BackupStart.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What needs no server; {@link ServerVersionsTest} tries each form on real ones. */
class CopyFormTest {
    private static final BackupRequest FULL = BackupRequest.of(Kind.FULL, "it's");

    private static CopyForm form(int versionNum) {
        return CopyForm.of(new ServerFacts(TestBackups.SYSTEM, 1, versionNum, 8192, false, true, ""));
    }

    @Test
    void command_isOfTheServersGrammar() {
        record Case(int versionNum, BackupRequest request, boolean incremental, String command) {}
        for (Case wanted : new Case[] {
            new Case(
                    140_023,
                    FULL,
                    false,
                    "BASE_BACKUP LABEL 'it''s' PROGRESS FAST WAL NOWAIT MANIFEST 'yes' MANIFEST_CHECKSUMS 'SHA256'"),
            new Case(
                    140_000,
                    FULL.withoutWal()
                            .withCheckpoint(BackupRequest.Checkpoint.SPREAD)
                            .withRateMaxKibibytes(64),
                    false,
                    "BASE_BACKUP LABEL 'it''s' PROGRESS NOWAIT MAX_RATE 64 MANIFEST 'yes' MANIFEST_CHECKSUMS 'SHA256'"),
            new Case(
                    150_000,
                    FULL,
                    false,
                    "BASE_BACKUP (LABEL 'it''s', PROGRESS true, CHECKPOINT 'fast', WAL true, WAIT false,"
                            + " VERIFY_CHECKSUMS true, MANIFEST 'yes', MANIFEST_CHECKSUMS 'SHA256')"),
            new Case(
                    180_006,
                    FULL.withoutWal()
                            .withCheckpoint(BackupRequest.Checkpoint.SPREAD)
                            .withRateMaxKibibytes(64),
                    true,
                    "BASE_BACKUP (LABEL 'it''s', PROGRESS true, CHECKPOINT 'spread', WAL false, WAIT false,"
                            + " VERIFY_CHECKSUMS true, MANIFEST 'yes', MANIFEST_CHECKSUMS 'SHA256', MAX_RATE 64,"
                            + " INCREMENTAL true)"),
        }) {
            assertThat(form(wanted.versionNum()).command(wanted.request(), wanted.incremental()))
                    .isEqualTo(wanted.command());
        }
        assertThatThrownBy(() -> form(140_023).command(FULL, true)).hasMessageContaining("expected a full one");
    }

    @Test
    void separateCopies_areTheArchivesInTheirOrder_eachEnded_andThenTheManifest() throws IOException {
        List<ArchiveReceiver.Tablespace> tablespaces = List.of(
                new ArchiveReceiver.Tablespace("16385", "/elsewhere", 0),
                new ArchiveReceiver.Tablespace("16384", "/there", 0),
                new ArchiveReceiver.Tablespace("", "", 0));
        List<String> received = new ArrayList<>();
        ArchiveReceiver receiver = noting(received);
        CopyForm form = form(140_023);
        for (int copy = 0; copy < 4; copy++) {
            form.begins(tablespaces, receiver);
            form.ends(receiver);
        }
        assertThat(received)
                .containsExactly(
                        "16385.tar", "1024 zeros", "16384.tar", "1024 zeros", "base.tar", "1024 zeros", "manifest");
    }

    private static ArchiveReceiver noting(List<String> received) {
        return new ArchiveReceiver() {
            @Override
            public void begins(String startLsn, int timeline, List<Tablespace> tablespaces) {}

            @Override
            public void archive(String name) {
                received.add(name);
            }

            @Override
            public void manifest() {
                received.add("manifest");
            }

            @Override
            public void data(byte[] buffer, int length) {
                assertThat(buffer).containsOnly(0);
                received.add(length + " zeros");
            }

            @Override
            public void ends(String endLsn) {}
        };
    }
}
