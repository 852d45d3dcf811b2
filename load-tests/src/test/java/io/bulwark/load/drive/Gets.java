package io.bulwark.load.drive;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** GETs of {@code /number}, each with its number as its key; keeps what became of each. */
class Gets implements Work {
    record Ended(long number, int status, long intended, long ended) {
        double millis() {
            return (ended - intended) / 1e6;
        }
    }

    private final List<InetSocketAddress> addresses;
    private final Duration answerWithin;
    private final Queue<Ended> all = new ConcurrentLinkedQueue<>();

    Gets(Duration answerWithin, URI... addresses) {
        this.answerWithin = answerWithin;
        this.addresses = List.of(addresses).stream()
                .map(address -> new InetSocketAddress(address.getHost(), address.getPort()))
                .toList();
    }

    Gets(URI... addresses) {
        this(Duration.ofSeconds(20), addresses);
    }

    @Override
    public List<InetSocketAddress> addresses() {
        return addresses;
    }

    @Override
    public byte[] request(long number) {
        return get("/" + number, "key-" + number);
    }

    static byte[] get(String path, String key) {
        return ("GET " + path + " HTTP/1.1\r\nHost: test\r\nIdempotency-Key: \"" + key + "\"\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public boolean isRight(int status) {
        return status == 200;
    }

    @Override
    public Duration answerWithin() {
        return answerWithin;
    }

    @Override
    public void ended(long number, int status, long intended, long ended) {
        all.add(new Ended(number, status, intended, ended));
    }

    List<Ended> all() {
        return List.copyOf(all);
    }
}
