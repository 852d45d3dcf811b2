package io.bulwark.load.comparison;

import io.bulwark.load.drive.Answer;
import io.bulwark.load.drive.Dialogue;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Work of operations that are claimed and then completed with the token of the answer, as one call.
 *
 * @param run begins every key, so that no run sees those of another
 * @param hot whether all are of one tenant, instead of being spread over {@link Requests#TENANTS}
 */
record Operations(List<InetSocketAddress> addresses, String run, boolean hot, String token) implements Dialogue {
    private static final String CLAIM = "{\"fingerprint\":\"4c1b1f0b4f6c2a0e9d7b3a5c8e1f2d3a\",\"lease\":\"PT30S\"}";
    private static final Pattern TOKEN = Pattern.compile("\"token\":(\\d+)");

    Operations {
        addresses = List.copyOf(addresses);
    }

    /** Where an operation is. */
    String path(long number) {
        return "/v1/tenants/" + Requests.tenant(hot ? 0 : number) + "/operations/" + run + "-" + number;
    }

    @Override
    public byte[] request(long number) {
        return Requests.post(path(number) + "/claim", token, CLAIM);
    }

    @Override
    public byte[] next(long number, int step, Answer answer) {
        if (step > 0) {
            return NOTHING_MORE;
        }
        String claimed = new String(answer.body(), 0, answer.length(), StandardCharsets.ISO_8859_1);
        return Requests.post(path(number) + "/complete", token, completion(claimed));
    }

    /** Claimed, or completed; that somebody else has claimed or completed it would be wrong. */
    @Override
    public boolean isRight(int status) {
        return status == 201 || status == 204;
    }

    /** The body that claims. */
    static String claim() {
        return CLAIM;
    }

    /** The body that completes what an answer with 201 has claimed. */
    static String completion(String claimed) {
        Matcher matcher = TOKEN.matcher(claimed);
        if (!matcher.find()) {
            throw new IllegalStateException("The answer to a claim has no token: " + claimed);
        }
        return "{\"token\":" + matcher.group(1)
                + ",\"status\":201,\"headers\":{},\"body\":\"{\\\"charge\\\":\\\"ch_1\\\","
                + "\\\"amount\\\":100,\\\"currency\\\":\\\"EUR\\\",\\\"state\\\":\\\"captured\\\"}\"}";
    }
}
