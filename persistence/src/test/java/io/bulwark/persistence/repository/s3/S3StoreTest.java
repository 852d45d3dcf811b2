package io.bulwark.persistence.repository.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.persistence.repository.ObjectStore;
import io.bulwark.persistence.repository.ObjectStoreContract;
import io.bulwark.persistence.repository.ObjectWriter;
import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

class S3StoreTest extends ObjectStoreContract {
    private S3Settings settings = S3Server.emptyFolder();

    @Override
    protected ObjectStore openEmpty() throws StoreTrouble {
        settings = S3Server.emptyFolder();
        return S3Store.open(settings);
    }

    @Override
    protected int bytesOfMoreThanOnePiece() {
        return 6_000_000;
    }

    @Override
    protected int objectsOfMoreThanOnePage() {
        return 10;
    }

    @Test
    void multipartUpload_ofADiscardedOrRefusedWriter_isAborted() throws IOException {
        try (S3Store store = S3Store.open(settings)) {
            try (ObjectWriter first = store.create("a");
                    ObjectWriter second = store.create("a")) {
                first.write(new byte[6_000_000]);
                second.write(new byte[11_000_000]);
                first.commit();
                assertThat(uploads()).hasSize(1);
                assertThatThrownBy(second::commit)
                        .isInstanceOfSatisfying(
                                StoreTrouble.class,
                                trouble -> assertThat(trouble.kind()).isEqualTo(Kind.EXISTS));
            }
            try (ObjectWriter discarded = store.create("b")) {
                discarded.write(new byte[6_000_000]);
            }
            assertThat(uploads()).isEmpty();
        }
    }

    @Test
    void askingFirst_refusesWhatIsThere() throws IOException {
        try (S3Store store = S3Store.open(settings.with(S3Settings.WriteOnce.BY_ASKING_FIRST))) {
            for (int size : new int[] {10, 6_000_000}) {
                try (ObjectWriter writer = store.create("a/" + size)) {
                    writer.write(new byte[size]);
                    writer.commit();
                }
                try (ObjectWriter writer = store.create("a/" + size)) {
                    writer.write(new byte[size + 1]);
                    assertThatThrownBy(writer::commit)
                            .isInstanceOfSatisfying(
                                    StoreTrouble.class,
                                    trouble -> assertThat(trouble.kind()).isEqualTo(Kind.EXISTS));
                }
                assertThat(store.stat("a/" + size)).contains(new ObjectStore.Stored("a/" + size, size));
            }
        }
    }

    @Test
    void folderOfAConsole_isNotListed() throws IOException {
        try (S3Store store = S3Store.open(settings);
                S3Client client = S3Clients.open(settings)) {
            for (String folder : List.of("", "wal/")) {
                client.putObject(
                        put -> put.bucket(settings.bucket()).key(settings.folder() + folder), RequestBody.empty());
            }
            commit(store);
            assertThat(store.list("")).extracting(ObjectStore.Stored::key).containsExactly("a");
        }
    }

    @Test
    void wrongSecretOrBucket_isTold() throws IOException {
        S3Credentials wrong =
                new S3Credentials.Given(S3Server.CREDENTIALS.accessKeyId(), "not-the-secret-91c2", Optional.empty());
        S3Settings denied = S3Settings.server(settings.endpoint().orElseThrow(), settings.bucket(), wrong);
        try (S3Store store = S3Store.open(denied)) {
            assertThatThrownBy(() -> store.list(""))
                    .hasMessageContaining("does not accept these credentials")
                    .hasMessageNotContaining("not-the-secret-91c2")
                    .isInstanceOfSatisfying(
                            StoreTrouble.class,
                            trouble -> assertThat(trouble.kind()).isEqualTo(Kind.DENIED));
        }
        S3Settings lost = S3Settings.server(settings.endpoint().orElseThrow(), "no-such-bucket", S3Server.CREDENTIALS);
        try (S3Store store = S3Store.open(lost)) {
            for (var call : List.<ThrowingCallable>of(
                    () -> store.list(""), () -> store.stat("a"), () -> store.open("a"), () -> commit(store))) {
                assertThatThrownBy(call)
                        .hasMessageContaining("no such bucket")
                        .hasMessageContaining("s3://no-such-bucket at http://127.0.0.1:")
                        .isInstanceOfSatisfying(
                                StoreTrouble.class,
                                trouble -> assertThat(trouble.kind()).isEqualTo(Kind.FAILED));
            }
        }
    }

    private static void commit(S3Store store) throws IOException {
        try (ObjectWriter writer = store.create("a")) {
            writer.commit();
        }
    }

    private List<MultipartUpload> uploads() {
        try (S3Client client = S3Clients.open(settings)) {
            return client.listMultipartUploads(
                            list -> list.bucket(settings.bucket()).prefix(settings.folder()))
                    .uploads();
        }
    }
}
