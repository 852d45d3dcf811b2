package io.bulwark.http.idempotency;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads {@code Prefer} (RFC 7240) and takes {@code wait} out of it.
 *
 * @param waitAtMost how long the client waits for a call in flight with its key: 0 to {@link #WAIT_MAX}, more is taken
 *     as that; absent when it did not say, or said something that is not a number of seconds
 * @param others the preferences that are not Bulwark's, as they were sent
 */
public record Preferences(Optional<Duration> waitAtMost, List<String> others) {
    /** The longest wait. */
    public static final Duration WAIT_MAX = Duration.ofSeconds(60);

    /** One preference up to the next comma that is not inside a quoted string. */
    private static final Pattern PREFERENCE = Pattern.compile("(?:[^,\"]|\"(?:[^\"\\\\]|\\\\.)*+(?:\"|$))++");

    private static final Pattern WAIT = Pattern.compile("wait\\s*(?:=\\s*\"?(\\d{1,9})\"?)?.*");

    public Preferences {
        others = List.copyOf(others);
    }

    /** What the request prefers; of several waits the first stands (RFC 7240, 2). */
    public static Preferences of(HttpRequest request) {
        List<String> waits = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (HttpHeader header : request.getHeaders()) {
            if (header.is("prefer")) {
                PREFERENCE
                        .matcher(header.value())
                        .results()
                        .map(found -> found.group().strip())
                        .forEach(preference -> {
                            if (!preference.isEmpty()) {
                                (isWait(preference) ? waits : others).add(preference);
                            }
                        });
            }
        }
        return new Preferences(waits.stream().findFirst().flatMap(Preferences::seconds), others);
    }

    private static boolean isWait(String preference) {
        String name = preference.split("[=;\\s]", 2)[0];
        return name.toLowerCase(Locale.ROOT).equals("wait");
    }

    private static Optional<Duration> seconds(String preference) {
        Matcher wait = WAIT.matcher(preference.toLowerCase(Locale.ROOT));
        if (!wait.matches() || wait.group(1) == null) {
            return Optional.empty();
        }
        Duration asked = Duration.ofSeconds(Long.parseLong(wait.group(1)));
        return Optional.of(asked.compareTo(WAIT_MAX) > 0 ? WAIT_MAX : asked);
    }
}
