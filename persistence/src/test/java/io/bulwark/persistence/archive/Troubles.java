package io.bulwark.persistence.archive;

import io.bulwark.persistence.repository.HinderedStore.Call;
import io.bulwark.persistence.repository.HinderedStore.Hindrance;
import io.bulwark.persistence.repository.StoreTrouble;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** The store takes nothing while it is told to be in trouble; and what it is asked for is counted. */
final class Troubles implements Hindrance {
    private final AtomicReference<Optional<StoreTrouble.Kind>> trouble = new AtomicReference<>(Optional.empty());
    private final List<String> created = new CopyOnWriteArrayList<>();
    private final AtomicInteger refused = new AtomicInteger();

    void fail(StoreTrouble.Kind kind) {
        trouble.set(Optional.of(kind));
    }

    void mend() {
        trouble.set(Optional.empty());
    }

    /** How often the store refused. */
    int refused() {
        return refused.get();
    }

    /** The keys of all objects that were begun, each as often as it was. */
    List<String> created() {
        return created;
    }

    @Override
    public void before(Call call, String key) throws StoreTrouble {
        if (call == Call.CREATE) {
            Optional<StoreTrouble.Kind> now = trouble.get();
            if (now.isPresent()) {
                refused.incrementAndGet();
                throw new StoreTrouble(now.get(), "The store of this test is " + now.get());
            }
            created.add(key);
        }
    }
}
