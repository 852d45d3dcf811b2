package io.bulwark.load.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bulwark.load.drive.Answer;
import io.bulwark.load.drive.Dialogue;
import io.bulwark.load.traffic.Requests;
import io.bulwark.load.traffic.ZipfSampler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Batches of operations of one tenant, claimed in one request and completed in another with the tokens of the answer. */
final class OperationBatches implements Dialogue {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FINGERPRINT = "0123456789abcdef".repeat(4);

    private final Target target;
    private final String run;
    private final ZipfSampler tenants;
    private final int size;
    private final long countFrom;
    private final AtomicLong refused = new AtomicLong();

    /**
     * @param run begins all keys, so that runs do not meet
     * @param size of a batch, 1 or more
     * @param countFrom the number of the first batch whose refused operations are counted
     */
    OperationBatches(Target target, String run, ZipfSampler tenants, int size, long countFrom) {
        this.target = target;
        this.run = run;
        this.tenants = tenants;
        this.size = size;
        this.countFrom = countFrom;
    }

    @Override
    public List<InetSocketAddress> addresses() {
        return target.addresses();
    }

    @Override
    public byte[] request(long number) {
        return post(
                number,
                "claim",
                IntStream.range(0, size)
                        .mapToObj(i -> "{\"key\":\"" + run + "-" + number + "-" + i + "\",\"fingerprint\":\""
                                + FINGERPRINT + "\"}")
                        .collect(Collectors.joining(",")));
    }

    @Override
    public byte[] next(long number, int step, Answer answer) {
        List<JsonNode> all = results(answer);
        List<JsonNode> done = all.stream()
                .filter(result -> result.path("result").asText().equals(step == 0 ? "claimed" : "recorded"))
                .toList();
        if (number >= countFrom) {
            refused.addAndGet(all.size() - done.size());
        }
        if (step > 0 || done.isEmpty()) {
            return NOTHING_MORE;
        }
        return post(
                number,
                "complete",
                done.stream().map(OperationBatches::completion).collect(Collectors.joining(",")));
    }

    @Override
    public boolean isRight(int status) {
        return status == 200;
    }

    /** How many operations of batches that were answered were not claimed, or claimed and then not recorded. */
    long refused() {
        return refused.get();
    }

    private byte[] post(long number, String verb, String items) {
        int tenant = tenants.sample(new SplittableRandom(number * 0x9E3779B97F4A7C15L));
        return Requests.post(
                "/v1/tenants/" + Target.tenant(tenant) + "/operations/" + verb,
                target.token(),
                "{\"items\":[" + items + "]}");
    }

    private static String completion(JsonNode claimed) {
        return "{\"key\":\"" + claimed.path("key").asText() + "\",\"token\":"
                + claimed.path("token").asLong() + ",\"status\":201,\"body\":\"{}\"}";
    }

    private static List<JsonNode> results(Answer answer) {
        try {
            JsonNode results = JSON.readTree(answer.body(), 0, answer.length()).path("results");
            return results.valueStream().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("A batch was answered something that is not JSON", e);
        }
    }
}
