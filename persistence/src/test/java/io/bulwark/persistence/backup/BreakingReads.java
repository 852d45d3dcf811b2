package io.bulwark.persistence.backup;

import io.bulwark.persistence.repository.HinderedStore.Call;
import io.bulwark.persistence.repository.HinderedStore.Hindrance;
import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The store can go away in the middle of an object; and it is known which parts of backups were opened. */
final class BreakingReads implements Hindrance {
    private final List<String> opened = Collections.synchronizedList(new ArrayList<>());
    private volatile String breaking = "";
    private volatile long after;

    /**
     * From now on the object cannot be read further than that.
     *
     * @param key its end, such as {@code f/base.tar}; empty for none
     */
    void breakAt(String key, long bytes) {
        breaking = key;
        after = bytes;
    }

    /** The parts that were opened since the last question, as {@code backup/part}; no small objects. */
    List<String> opened() {
        List<String> since = List.copyOf(opened);
        opened.clear();
        return since;
    }

    @Override
    public void before(Call call, String key) {
        if (call == Call.OPEN && !key.endsWith(".json")) {
            opened.add(part(key));
        }
    }

    private static String part(String key) {
        return key.replaceFirst("^backups/", "");
    }

    @Override
    public InputStream opened(String key, InputStream content) {
        return part(key).equals(breaking) ? new Breaking(content, key, after) : content;
    }

    private static final class Breaking extends FilterInputStream {
        private final String key;
        private long left;

        Breaking(InputStream content, String key, long left) {
            super(content);
            this.key = key;
            this.left = left;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = super.read(into, offset, (int) Math.min(Math.max(left, 1), length));
            left -= read;
            if (left <= 0) {
                throw new StoreTrouble(Kind.UNREACHABLE, "The store is away, at " + key);
            }
            return read;
        }
    }
}
