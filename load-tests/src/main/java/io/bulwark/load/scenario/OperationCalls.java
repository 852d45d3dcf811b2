package io.bulwark.load.scenario;

import io.bulwark.load.drive.Answer;
import io.bulwark.load.drive.Dialogue;
import io.bulwark.load.traffic.Requests;
import io.bulwark.load.traffic.ZipfSampler;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;

/** Operations, each of them claimed under a new key and completed with the token of the claim: two requests a call. */
final class OperationCalls implements Dialogue {
    private static final int CLAIMED = 201;
    private static final int COMPLETED = 204;
    private static final byte[] TOKEN = "\"token\":".getBytes(StandardCharsets.US_ASCII);
    private static final String CLAIM = "{\"fingerprint\":\"" + "0123456789abcdef".repeat(4) + "\"}";

    private final Target target;
    private final String run;
    private final ZipfSampler tenants;
    private final long seed;

    /** @param run begins all keys, so that runs do not meet */
    OperationCalls(Target target, String run, ZipfSampler tenants, long seed) {
        this.target = target;
        this.run = run;
        this.tenants = tenants;
        this.seed = seed;
    }

    @Override
    public List<InetSocketAddress> addresses() {
        return target.addresses();
    }

    @Override
    public byte[] request(long number) {
        return Requests.post(path(number) + "/claim", target.token(), CLAIM);
    }

    @Override
    public byte[] next(long number, int step, Answer answer) {
        if (step > 0 || answer.status() != CLAIMED) {
            return NOTHING_MORE;
        }
        return Requests.post(
                path(number) + "/complete",
                target.token(),
                "{\"token\":" + token(answer) + ",\"status\":201,\"body\":\"{\\\"number\\\":" + number + "}\"}");
    }

    @Override
    public boolean isRight(int status) {
        return status == CLAIMED || status == COMPLETED;
    }

    private String path(long number) {
        int tenant = tenants.sample(new SplittableRandom(seed + number * 0x9E3779B97F4A7C15L));
        return "/v1/tenants/" + Target.tenant(tenant) + "/operations/" + run + "-" + number;
    }

    /** The digits behind the member's name. */
    static long token(Answer answer) {
        byte[] body = answer.body();
        int at = indexOf(body, answer.length(), TOKEN) + TOKEN.length;
        long token = 0;
        int digits = 0;
        while (at < answer.length() && body[at] >= '0' && body[at] <= '9') {
            token = token * 10 + body[at++] - '0';
            digits++;
        }
        if (digits == 0) {
            throw new IllegalStateException("A claim was answered "
                    + new String(body, 0, answer.length(), StandardCharsets.UTF_8) + ": expected a token");
        }
        return token;
    }

    /** Where a word begins; the length of the text when it is not there. */
    private static int indexOf(byte[] text, int length, byte[] word) {
        for (int at = 0; at + word.length <= length; at++) {
            if (java.util.Arrays.equals(text, at, at + word.length, word, 0, word.length)) {
                return at;
            }
        }
        return length;
    }
}
