package io.bulwark.scaling;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bulwark.grammar.Ranges;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whether what was needed at this time of earlier days may raise the recommendation ahead of time. It never lowers it.
 *
 * @param season after which load repeats itself: 1 h to 7 d, in whole buckets of 5 min
 * @param ahead how far it looks, 5 min to 2 h: as long as new nodes take until they are of use
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Forecast(Mode mode, Duration season, Duration ahead) {
    /** Whether it counts. */
    public enum Mode {
        @JsonProperty("off")
        OFF,
        @JsonProperty("raise")
        RAISE
    }

    /** Off; days, ten minutes ahead. */
    public static final Forecast DEFAULT = new Forecast(Mode.OFF, Duration.ofDays(1), Duration.ofMinutes(10));

    public Forecast {
        Ranges.check("forecast.season", season, Duration.ofHours(1), Duration.ofDays(7));
        Ranges.check("forecast.ahead", ahead, Demand.BUCKET, Duration.ofHours(2));
        if (season.toMillis() % Demand.BUCKET.toMillis() != 0) {
            throw new IllegalArgumentException(
                    "forecast.season is " + season + ": expected whole steps of " + Demand.BUCKET);
        }
    }

    @JsonCreator
    static Forecast of(
            @JsonProperty("mode") @Nullable Mode mode,
            @JsonProperty("season") @Nullable Duration season,
            @JsonProperty("ahead") @Nullable Duration ahead) {
        return new Forecast(
                mode == null ? DEFAULT.mode : mode,
                season == null ? DEFAULT.season : season,
                ahead == null ? DEFAULT.ahead : ahead);
    }
}
