package io.bulwark.load.comparison;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Requests that claim and complete operations.
 *
 * @param run begins every key, so that no run sees those of another
 * @param hot whether all are of one tenant, instead of being spread over {@link Requests#TENANTS}
 */
record Operations(String run, boolean hot, String token) {
    private static final String CLAIM = "{\"fingerprint\":\"4c1b1f0b4f6c2a0e9d7b3a5c8e1f2d3a\",\"lease\":\"PT30S\"}";
    private static final Pattern TOKEN = Pattern.compile("\"token\":(\\d+)");

    /** Where an operation is. */
    String path(long number) {
        return "/v1/tenants/" + Requests.tenant(hot ? 0 : number) + "/operations/" + run + "-" + number;
    }

    byte[] claim(long number) {
        return Requests.post(path(number) + "/claim", token, CLAIM);
    }

    byte[] complete(long number, String claimed) {
        return Requests.post(path(number) + "/complete", token, completion(claimed));
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
