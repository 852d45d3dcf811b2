package io.bulwark.load.client;

import io.bulwark.load.history.Call;
import io.bulwark.load.history.Ending.Meaning;
import io.bulwark.load.history.History;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Calls for many tenants at a rate that does not depend on the answers (an open loop), as callers do who know nothing
 * of each other: most under a key of their own, and one in eight under a key that was sent a little earlier.
 */
public final class OpenLoad {
    private static final int AGAIN_AMONG = 400;
    private static final int SETTLERS = 16;

    private final KeyedCalls calls;
    private final History history;
    private final List<String> tenants;
    private final SplittableRandom random;
    private final List<String> keys = new ArrayList<>();

    /** @param service behind which all calls go */
    public OpenLoad(Caller caller, String service, History history, List<String> tenants, long seed) {
        this.calls = new KeyedCalls(caller, key -> "/t/" + tenantOf(key) + "/" + service + "/charges", history);
        this.history = history;
        this.tenants = List.copyOf(tenants);
        this.random = new SplittableRandom(seed);
    }

    /** Whom a call of this load was made for. */
    public static String tenantOf(Call call) {
        return tenantOf(call.key());
    }

    private static String tenantOf(String key) {
        return key.substring(0, key.indexOf('.'));
    }

    /** Sends the next key once, and returns when its call has ended. */
    public Call send(int number) {
        return calls.send(number, nextKey(), "wait=10");
    }

    private synchronized String nextKey() {
        if (!keys.isEmpty() && random.nextInt(8) == 0) {
            int back = random.nextInt(Math.min(AGAIN_AMONG, keys.size()));
            return keys.get(keys.size() - 1 - back);
        }
        String key = tenants.get(random.nextInt(tenants.size())) + "." + keys.size();
        keys.add(key);
        return key;
    }

    /** The keys so far, each once. */
    public synchronized List<String> keys() {
        return List.copyOf(keys);
    }

    /** Sends every key again whose last call did not say how its operation ended. */
    public void settle() {
        Set<String> open = new HashSet<>();
        history.calls().forEach(call -> {
            if (call.meaning() == Meaning.RECORDED || call.meaning() == Meaning.UNKNOWN) {
                open.remove(call.key());
            } else {
                open.add(call.key());
            }
        });
        calls.settle(SETTLERS, List.copyOf(open));
    }
}
