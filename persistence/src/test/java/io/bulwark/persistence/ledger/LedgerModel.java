package io.bulwark.persistence.ledger;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The diagram of the port once more, in another shape than the rules: whole hours, strings, and one mutable entry for
 * each key. Answers are the simple names of the expected verdicts.
 */
final class LedgerModel {
    private static final class Entry {
        String fingerprint = "";
        String state = "";
        String answer = "";
        long token;
        int attempts;
        int leaseEnd;
        int retention;
        int expires;
    }

    private final Map<String, Entry> entries = new HashMap<>();
    private final Map<String, Long> latestTokens = new HashMap<>();
    private int hour;

    void pass(int hours) {
        hour += hours;
        entries.values().removeIf(entry -> hour >= entry.expires);
        for (Entry entry : entries.values()) {
            if (entry.state.equals("CLAIMED") && hour >= entry.leaseEnd) {
                entry.state = "LAPSED";
            }
        }
    }

    String claim(String key, String fingerprint, int lease, int retention, boolean retryUnknown) {
        Entry entry = entries.get(key);
        if (entry != null && !entry.fingerprint.equals(fingerprint)) {
            return "Mismatch";
        }
        if (entry != null && entry.state.equals("CLAIMED")) {
            return "InProgress";
        }
        if (entry != null && entry.state.equals("COMPLETED")) {
            return "Completed";
        }
        if (entry != null && isUnknown(entry) && !retryUnknown) {
            return "Unknown";
        }
        Entry claimed = entries.computeIfAbsent(key, absent -> new Entry());
        claimed.fingerprint = fingerprint;
        claimed.state = "CLAIMED";
        claimed.attempts++;
        claimed.retention = retention;
        claimed.leaseEnd = hour + lease;
        claimed.expires = claimed.leaseEnd + retention;
        return "Claimed";
    }

    /** Whether the token is higher than every one before. */
    boolean claimed(String key, long token) {
        entry(key).token = token;
        Long before = latestTokens.put(key, token);
        return before == null || token > before;
    }

    String complete(String key, long token, String answer, int retention) {
        return held(key, token, entry -> {
            if (entry.state.equals("COMPLETED")) {
                return entry.answer.equals(answer) ? "Settled" : "Stale";
            }
            if (entry.state.equals("RELEASED")) {
                return "Stale";
            }
            entry.answer = answer;
            return settle(entry, "COMPLETED", retention);
        });
    }

    String release(String key, long token) {
        return held(key, token, entry -> switch (entry.state) {
            case "COMPLETED" -> "Stale";
            case "RELEASED" -> "Settled";
            default -> settle(entry, "RELEASED", entry.retention);
        });
    }

    String markUnknown(String key, long token, int retention) {
        return held(key, token, entry -> switch (entry.state) {
            case "COMPLETED", "RELEASED" -> "Stale";
            case "UNKNOWN" -> "Settled";
            default -> settle(entry, "UNKNOWN", retention);
        });
    }

    String extend(String key, long token, int lease) {
        return held(key, token, entry -> {
            if (!entry.state.equals("CLAIMED")) {
                return "Stale";
            }
            entry.leaseEnd = hour + lease;
            entry.expires = entry.leaseEnd + entry.retention;
            return "Extended";
        });
    }

    String resolve(String key, Optional<String> answer, int retention) {
        Entry entry = entries.get(key);
        if (entry == null) {
            return "Absent";
        }
        if (!isUnknown(entry)) {
            return "NotUnknown";
        }
        entry.answer = answer.orElse("");
        return settle(entry, answer.isPresent() ? "COMPLETED" : "RELEASED", retention);
    }

    String find(String key) {
        Entry entry = entries.get(key);
        return entry == null ? "Absent" : (isUnknown(entry) ? "UNKNOWN" : entry.state) + " " + entry.attempts;
    }

    /** The latest token of the key, also after it has expired. */
    long token(String key) {
        return latestTokens.getOrDefault(key, 1L);
    }

    String answer(String key) {
        return entry(key).answer;
    }

    private interface Rule {
        String on(Entry entry);
    }

    private String held(String key, long token, Rule rule) {
        Entry entry = entries.get(key);
        if (entry == null) {
            return "Absent";
        }
        return entry.token == token ? rule.on(entry) : "Stale";
    }

    private String settle(Entry entry, String state, int retention) {
        entry.state = state;
        entry.retention = retention;
        entry.expires = hour + retention;
        return "Settled";
    }

    private static boolean isUnknown(Entry entry) {
        return entry.state.equals("LAPSED") || entry.state.equals("UNKNOWN");
    }

    private Entry entry(String key) {
        return Optional.ofNullable(entries.get(key)).orElseThrow();
    }
}
