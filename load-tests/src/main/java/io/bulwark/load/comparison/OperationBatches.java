package io.bulwark.load.comparison;

import io.bulwark.load.drive.Answer;
import io.bulwark.load.drive.Dialogue;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The same work as {@link Operations}, claimed many at a time and then completed many at a time; all of one call are of
 * one tenant.
 *
 * @param hot whether all calls are of one tenant
 */
record OperationBatches(List<InetSocketAddress> addresses, String run, boolean hot, String token) implements Dialogue {
    /** Operations in a call. */
    static final int SIZE = 50;

    private static final Pattern CLAIMED = Pattern.compile("\"result\":\"claimed\",\"token\":(\\d+)");
    private static final Pattern RECORDED = Pattern.compile("\"result\":\"recorded\"");

    OperationBatches {
        addresses = List.copyOf(addresses);
    }

    @Override
    public byte[] request(long number) {
        String items = IntStream.range(0, SIZE)
                .mapToObj(i -> "{\"key\":\"" + key(number, i) + "\","
                        + Operations.claim().substring(1))
                .collect(Collectors.joining(","));
        return post(number, "claim", items);
    }

    /** @throws IllegalStateException when an item was refused: what is measured would not be what is claimed */
    @Override
    public byte[] next(long number, int step, Answer answer) {
        String text = new String(answer.body(), 0, answer.length(), StandardCharsets.ISO_8859_1);
        Matcher results = (step == 0 ? CLAIMED : RECORDED).matcher(text);
        List<String> tokens = results.results()
                .map(result -> result.group(result.groupCount()))
                .toList();
        if (tokens.size() != SIZE) {
            throw new IllegalStateException("Of " + SIZE + " operations in one call only " + tokens.size() + " were "
                    + (step == 0 ? "claimed: " : "recorded: ") + text);
        }
        return step == 0 ? post(number, "complete", completions(number, tokens)) : NOTHING_MORE;
    }

    @Override
    public boolean isRight(int status) {
        return status == 200;
    }

    private String completions(long number, List<String> tokens) {
        return IntStream.range(0, SIZE)
                .mapToObj(i -> "{\"key\":\"" + key(number, i) + "\","
                        + Operations.completion("\"token\":" + tokens.get(i)).substring(1))
                .collect(Collectors.joining(","));
    }

    private String key(long number, int item) {
        return run + "-" + number + "-" + item;
    }

    private byte[] post(long number, String verb, String items) {
        String path = "/v1/tenants/" + Requests.tenant(hot ? 0 : number) + "/operations/" + verb;
        return Requests.post(path, token, "{\"items\":[" + items + "]}");
    }
}
