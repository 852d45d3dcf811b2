package io.bulwark.http.control;

import akka.http.javadsl.model.HttpResponse;
import io.bulwark.grammar.Name;
import io.bulwark.http.server.Answers;
import io.bulwark.http.server.Call;
import io.bulwark.http.server.Problem;
import io.bulwark.http.server.Query;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Which part of a list is asked for.
 *
 * @param limit the most lines, 1 to {@value #LIMIT_MAX}
 * @param after the name of the last line of the page before
 */
record Page(int limit, Optional<Name> after) {
    static final int LIMIT_MAX = 1_000;
    private static final int LIMIT_ABSENT = 100;

    static Page of(Call call) {
        Query query = Query.of(call, Set.of("limit", "after"));
        return new Page(
                query.number("limit", 1, LIMIT_MAX, LIMIT_ABSENT),
                query.text("after").map(Page::name));
    }

    /** The lines, and, if the page is full, where the next one begins. */
    <T> HttpResponse answer(List<T> lines, Function<T, Name> name) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("items", lines);
        if (lines.size() == limit) {
            members.put("next", name.apply(lines.getLast()));
        }
        return Answers.json(200, members);
    }

    private static Name name(String after) {
        try {
            return new Name(after);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("invalid-request", "The query parameter 'after': " + e.getMessage())
                    .exception();
        }
    }
}
