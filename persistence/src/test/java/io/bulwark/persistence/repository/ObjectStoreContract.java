package io.bulwark.persistence.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.persistence.repository.ObjectStore.Stored;
import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every store has to do; each test gets an empty one. */
public abstract class ObjectStoreContract {
    private ObjectStore store;

    /** A store without objects. */
    protected abstract ObjectStore openEmpty() throws Exception;

    /** More than the store lists at once, if it has pages. */
    protected int objectsOfMoreThanOnePage() {
        return 20;
    }

    /** More than the store sends at once, if it sends in pieces. */
    protected int bytesOfMoreThanOnePiece() {
        return 3 << 20;
    }

    /** How large an object is, in the store's own terms. */
    protected enum Size {
        EMPTY,
        SMALL,
        MORE_THAN_ONE_PIECE
    }

    private int bytes(Size size) {
        return switch (size) {
            case EMPTY -> 0;
            case SMALL -> 1_000;
            case MORE_THAN_ONE_PIECE -> bytesOfMoreThanOnePiece();
        };
    }

    @BeforeEach
    void openStore() throws Exception {
        store = openEmpty();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Test
    void committedObject_isThereWithItsSize() throws IOException {
        put("backups/one/base.tar", "content");
        assertThat(read("backups/one/base.tar")).isEqualTo("content");
        assertThat(store.stat("backups/one/base.tar")).contains(new Stored("backups/one/base.tar", 7));
        assertThat(store.list("")).containsExactly(new Stored("backups/one/base.tar", 7));
    }

    @Test
    void emptyObject_isAnObject() throws IOException {
        put("a/empty", "");
        assertThat(read("a/empty")).isEmpty();
        assertThat(store.stat("a/empty")).contains(new Stored("a/empty", 0));
    }

    @ParameterizedTest
    @EnumSource
    void object_isInvisibleBeforeTheCommit(Size size) throws IOException {
        try (ObjectWriter writer = store.create("a/b")) {
            writer.write(random(bytes(size)));
            writer.flush();
            assertAbsent("a/b");
            assertThat(store.list("")).isEmpty();
            writer.commit();
            assertThat(store.stat("a/b")).contains(new Stored("a/b", bytes(size)));
        }
        assertThat(store.list("")).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void closeWithoutCommit_leavesNothing_andTheKeyIsFree(Size size) throws IOException {
        try (ObjectWriter writer = store.create("a/b")) {
            writer.write(random(bytes(size)));
        }
        assertAbsent("a/b");
        assertThat(store.list("")).isEmpty();
        put("a/b", "second");
        assertThat(read("a/b")).isEqualTo("second");
    }

    @ParameterizedTest
    @EnumSource
    void takenKey_isNotOverwritten(Size size) throws IOException {
        put("a/b", "first");
        assertKind(Kind.EXISTS, () -> put("a/b", random(bytes(size))));
        assertThat(read("a/b")).isEqualTo("first");
        assertThat(store.list("")).containsExactly(new Stored("a/b", 5));
    }

    @ParameterizedTest
    @EnumSource
    void keyTakenWhileWriting_isFoundAtTheCommit(Size size) throws IOException {
        try (ObjectWriter late = store.create("a/b")) {
            late.write(random(bytes(size)));
            put("a/b", "first");
            assertKind(Kind.EXISTS, late::commit);
        }
        assertThat(read("a/b")).isEqualTo("first");
    }

    @ParameterizedTest
    @EnumSource
    void ofManyWritersAtOnce_oneWins_andItsContentIsThere(Size size) throws Exception {
        int writers = size == Size.MORE_THAN_ONE_PIECE ? 3 : 8;
        CyclicBarrier together = new CyclicBarrier(writers);
        List<Callable<Boolean>> tasks = new ArrayList<>();
        List<byte[]> contents = new ArrayList<>();
        for (int writer = 0; writer < writers; writer++) {
            byte[] content = random(bytes(size) + writer);
            contents.add(content);
            tasks.add(() -> commits("race/key", content, together));
        }
        List<Integer> winners = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> results = threads.invokeAll(tasks);
            for (int writer = 0; writer < writers; writer++) {
                if (results.get(writer).get()) {
                    winners.add(writer);
                }
            }
        }
        assertThat(winners).hasSize(1);
        assertThat(Arrays.equals(readBytes("race/key"), contents.get(winners.getFirst())))
                .isTrue();
        assertThat(store.list("race/")).hasSize(1);
    }

    private boolean commits(String key, byte[] content, CyclicBarrier together) throws Exception {
        try (ObjectWriter writer = store.create(key)) {
            writer.write(content);
            together.await();
            writer.commit();
            return true;
        } catch (StoreTrouble trouble) {
            assertThat(trouble.kind()).as(trouble.getMessage()).isEqualTo(Kind.EXISTS);
            return false;
        }
    }

    @Test
    void readerClosedBeforeTheEnd_leavesTheStoreUsable() throws IOException {
        byte[] content = random(bytes(Size.MORE_THAN_ONE_PIECE));
        put("a/b", content);
        try (InputStream in = store.open("a/b")) {
            assertThat(in.read()).isEqualTo(content[0] & 0xff);
            assertThat(in.readNBytes(3)).containsExactly(content[1], content[2], content[3]);
        }
        assertThat(read("a/b")).hasSizeGreaterThan(3);
    }

    @Test
    void folderOfAnObject_isNoObject() throws IOException {
        put("a/b/c", "content");
        assertAbsent("a/b");
        assertAbsent("a");
    }

    @Test
    void writer_takesNothingAfterItsCommit() throws IOException {
        ObjectWriter writer = store.create("a/b");
        writer.write('a');
        writer.commit();
        assertThatThrownBy(() -> writer.write('b')).isInstanceOf(IOException.class);
        writer.close();
        writer.close();
        assertThat(read("a/b")).isEqualTo("a");
    }

    @Test
    void absentObject_isMissing_andDeletingItIsNothing() throws IOException {
        assertKind(Kind.MISSING, () -> store.open("a/b"));
        assertThat(store.stat("a/b")).isEmpty();
        store.delete("a/b");
    }

    @Test
    void deletedObject_isGone_andItsKeyFree() throws IOException {
        put("a/b", "first");
        put("a/c", "other");
        store.delete("a/b");
        assertKind(Kind.MISSING, () -> store.open("a/b"));
        assertThat(store.list("a/")).containsExactly(new Stored("a/c", 5));
        put("a/b", "second");
        assertThat(read("a/b")).isEqualTo("second");
    }

    @Test
    void list_isByPrefix_notByFolder_andInOrder() throws IOException {
        for (String key : List.of("keys/b.2.json", "keys/a.2.json", "keys/a.1.json", "keys-old/a", "wal/1/x", "top")) {
            put(key, key);
        }
        assertThat(keys(""))
                .containsExactly("keys-old/a", "keys/a.1.json", "keys/a.2.json", "keys/b.2.json", "top", "wal/1/x");
        assertThat(keys("keys/a.")).containsExactly("keys/a.1.json", "keys/a.2.json");
        assertThat(keys("keys/")).containsExactly("keys/a.1.json", "keys/a.2.json", "keys/b.2.json");
        assertThat(keys("keys")).containsExactly("keys-old/a", "keys/a.1.json", "keys/a.2.json", "keys/b.2.json");
        assertThat(keys("nothing/here")).isEmpty();
    }

    @Test
    void list_hasAllPages() throws Exception {
        List<String> expected = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Void>> puts = new ArrayList<>();
            for (int number = 0; number < objectsOfMoreThanOnePage(); number++) {
                String key = "many/%05d".formatted(number);
                expected.add(key);
                puts.add(threads.submit(() -> {
                    put(key, "x");
                    return null;
                }));
            }
            for (Future<Void> put : puts) {
                put.get();
            }
        }
        assertThat(keys("many/")).containsExactlyElementsOf(expected);
    }

    @Test
    void largeObject_isReadBackWhole() throws IOException {
        SplittableRandom random = new SplittableRandom(7);
        byte[] content = new byte[3 * bytesOfMoreThanOnePiece() + 2_012_345];
        random.nextBytes(content);
        try (ObjectWriter writer = store.create("large/object")) {
            int at = 0;
            while (at < content.length) {
                int length = Math.min(content.length - at, 1 + random.nextInt(300_000));
                writer.write(content, at, length);
                at += length;
            }
            writer.commit();
        }
        try (InputStream in = store.open("large/object")) {
            assertThat(Arrays.equals(in.readAllBytes(), content)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/a",
                "a/",
                "a//b",
                "..",
                "../a",
                "a/../b",
                "a/..",
                ".",
                "a/./b",
                ".hidden",
                "a/.b.tmp",
                "a b",
                "a\\b",
                "a\0b",
                "ä",
                "a/b\n",
                "-a",
                "a?b",
                "a:b"
            })
    void keyOfAnotherForm_isRefusedEverywhere(String key) {
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> store.create(key), () -> store.open(key), () -> store.stat(key), () -> store.delete(key))) {
            assertThatThrownBy(call)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("object key");
        }
    }

    @Test
    void prefixThatLeavesTheStore_isRefused() {
        for (String prefix : List.of("../", "a/../", "/", "a//")) {
            assertThatThrownBy(() -> store.list(prefix)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private void put(String key, String content) throws IOException {
        put(key, content.getBytes(StandardCharsets.UTF_8));
    }

    private void put(String key, byte[] content) throws IOException {
        try (ObjectWriter writer = store.create(key)) {
            writer.write(content);
            writer.commit();
        }
    }

    private String read(String key) throws IOException {
        return new String(readBytes(key), StandardCharsets.UTF_8);
    }

    private byte[] readBytes(String key) throws IOException {
        try (InputStream in = store.open(key)) {
            return in.readAllBytes();
        }
    }

    private void assertAbsent(String key) throws IOException {
        assertThat(store.stat(key)).isEmpty();
        assertThat(keys(key)).doesNotContain(key);
        assertKind(Kind.MISSING, () -> store.open(key).close());
    }

    /** Another content for each length. */
    private static byte[] random(int length) {
        byte[] content = new byte[length];
        new SplittableRandom(length).nextBytes(content);
        return content;
    }

    private List<String> keys(String prefix) throws StoreTrouble {
        return store.list(prefix).stream().map(Stored::key).toList();
    }

    private static void assertKind(Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StoreTrouble.class,
                        trouble -> assertThat(trouble.kind()).isEqualTo(kind));
    }
}
