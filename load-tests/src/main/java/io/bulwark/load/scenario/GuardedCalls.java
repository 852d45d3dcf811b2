package io.bulwark.load.scenario;

import io.bulwark.load.drive.Work;
import io.bulwark.load.traffic.Requests;
import io.bulwark.load.traffic.Traffic;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Guarded calls under keys, some of which repeat earlier ones; knows what each has to be answered. */
class GuardedCalls implements Work {
    /** The header by which a call tells its service what to answer. */
    static final String PLAN = "Load-Plan";

    private final Target target;
    private final String service;
    private final String run;
    private final Traffic traffic;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong mismatches = new AtomicLong();

    /** @param run begins all keys, so that runs do not meet */
    GuardedCalls(Target target, String service, String run, Traffic traffic) {
        this.target = target;
        this.service = service;
        this.run = run;
        this.traffic = traffic;
    }

    @Override
    public List<InetSocketAddress> addresses() {
        return target.addresses();
    }

    @Override
    public byte[] request(long number) {
        sent.accumulateAndGet(number + 1, Math::max);
        long origin = traffic.origin(number);
        return Requests.json(
                "POST",
                "/t/" + Target.tenant(traffic.tenant(origin)) + "/" + service + "/charges",
                target.token(),
                "Idempotency-Key: \"" + key(origin) + "\"\r\n" + PLAN + ": " + traffic.outcome(origin) + "\r\n",
                "{\"amount\":" + origin + "}");
    }

    @Override
    public boolean isRight(int status) {
        return status == Traffic.DONE || status == Traffic.UNPROCESSABLE || status == Traffic.FAILED;
    }

    /** An answer of a service that is not the one that this service had to give. */
    @Override
    public void ended(long number, int status, long intended, long ended) {
        if (isRight(status) && status != traffic.outcome(number)) {
            mismatches.incrementAndGet();
        }
    }

    /** The key of a call that repeats none. */
    String key(long origin) {
        return run + "-" + origin;
    }

    /** How many calls were sent; their numbers are less. */
    long sent() {
        return sent.get();
    }

    /** How many got an answer that was meant for another. */
    long mismatches() {
        return mismatches.get();
    }
}
