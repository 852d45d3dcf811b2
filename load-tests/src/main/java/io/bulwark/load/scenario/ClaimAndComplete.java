package io.bulwark.load.scenario;

import io.bulwark.load.drive.Answer;
import io.bulwark.load.drive.Dialogue;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Operations that are new each time: claimed, and completed under the token that the claim gave. */
final class ClaimAndComplete implements Dialogue {
    private static final Pattern TOKEN = Pattern.compile("\"token\"\\s*:\\s*(\\d+)");
    private static final int CLAIMED = 201;
    private static final int COMPLETED = 204;
    private static final String CLAIM = "{\"fingerprint\":\"soak\"}";

    private final InetSocketAddress address;
    private final String token;
    private final List<String> tenants;

    /** @param token of the role caller in all tenants */
    ClaimAndComplete(URI node, String token, List<String> tenants) {
        this.address = new InetSocketAddress(node.getHost(), node.getPort());
        this.token = token;
        this.tenants = List.copyOf(tenants);
    }

    @Override
    public List<InetSocketAddress> addresses() {
        return List.of(address);
    }

    @Override
    public byte[] request(long number) {
        return post(number, "claim", CLAIM);
    }

    @Override
    public boolean isRight(int status) {
        return status == CLAIMED || status == COMPLETED;
    }

    @Override
    public byte[] next(long number, int step, Answer answer) {
        return answer.status() == CLAIMED
                ? post(
                        number,
                        "complete",
                        "{\"token\":" + tokenOf(answer) + ",\"status\":201,\"headers\":{\"Content-Type\":"
                                + "\"application/json\"},\"body\":\"{\\\"charge\\\":" + number + "}\"}")
                : NOTHING_MORE;
    }

    private static String tokenOf(Answer answer) {
        String body = new String(answer.body(), 0, answer.length(), StandardCharsets.UTF_8);
        Matcher matcher = TOKEN.matcher(body);
        if (!matcher.find()) {
            throw new IllegalStateException("A claim was answered 201 with '" + body + "': expected a token");
        }
        return matcher.group(1);
    }

    private byte[] post(long number, String what, String json) {
        String tenant = tenants.get((int) (number % tenants.size()));
        return ("POST /v1/tenants/" + tenant + "/operations/o-" + number + "/" + what + " HTTP/1.1\r\nHost: "
                        + address.getHostString() + ":" + address.getPort() + "\r\nAuthorization: Bearer " + token
                        + "\r\nContent-Type: application/json\r\nContent-Length: " + json.length() + "\r\n\r\n" + json)
                .getBytes(StandardCharsets.ISO_8859_1);
    }
}
