package io.bulwark.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.grammar.Name;
import io.bulwark.wire.Json;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitPolicyTest {
    @Test
    void policy_withNameAndCapacity_isASoftTokenBucketRefilledInASecond() {
        assertThat(Json.read("{'name':'requests','capacity':100}", LimitPolicy.class))
                .isEqualTo(new LimitPolicy(
                        new Name("requests"),
                        Algorithm.TOKEN_BUCKET,
                        100,
                        100,
                        Duration.ofSeconds(1),
                        Durability.SOFT,
                        Mode.ENFORCE));
    }

    @Test
    void policy_withEverything_isReadAndWrittenAlike() {
        String json = """
                {"name":"daily","algorithm":"sliding-window","capacity":1000000000000,"refill":1,"per":"PT8784H",\
                "durability":"strict","mode":"shadow"}""";
        LimitPolicy policy = Json.read(json, LimitPolicy.class);
        assertThat(policy.per()).isEqualTo(Duration.ofDays(366));
        assertThat(Json.write(policy)).isEqualTo(json);
        assertThat(Json.throughCbor(policy, LimitPolicy.class)).isEqualTo(policy);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            'capacity':0                                       | limits.l.capacity is 0: expected 1 to 1000000000000
            'capacity':-1                                      | limits.l.capacity is -1: expected 1 to 1000000000000
            'capacity':1000000000001                           | limits.l.capacity is 1000000000001: expected 1 to 1000000000000
            'capacity':1,'refill':0                            | limits.l.refill is 0: expected 1 to 1000000000000
            'capacity':1,'refill':1000000000001                | limits.l.refill is 1000000000001: expected 1 to 1000000000000
            'capacity':1,'per':'PT0.000999999S'                | limits.l.per is PT0.000999999S: expected PT0.001S to PT8784H
            'capacity':1,'per':'PT8784H0.000000001S'           | limits.l.per is PT8784H0.000000001S: expected PT0.001S to PT8784H
            'capacity':1,'per':'PT-1S'                         | limits.l.per is PT-1S: expected PT0.001S to PT8784H
            'capacity':1,'algorithm':'concurrency','durability':'strict' | limits.l.durability is 'strict': expected 'soft', because calls in flight do not outlive their owner
            """, quoteCharacter = '`')
    void policy_outOfRange_isRefusedByMemberValueAndRange(String members, String message) {
        assertThatThrownBy(() -> Json.read("{'name':'l'," + members + "}", LimitPolicy.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {'capacity':1}                              | name
            {'name':'l'}                                | capacity
            {'name':'l','capacity':1,'burst':2}         | burst
            {'name':'l','capacity':1,'algorithm':'gcra'}| gcra
            {'name':'L','capacity':1}                   | 'L' is not a name
            """, quoteCharacter = '`')
    void policy_withMissingOrUnknownParts_isRefusedByName(String json, String named) {
        assertThatThrownBy(() -> Json.read(json, LimitPolicy.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(named);
    }

    @Test
    void countsLike_dependsOnWhatALevelMeans() {
        LimitPolicy policy = Policies.policy(Algorithm.TOKEN_BUCKET, 5, 4, Duration.ofSeconds(3));
        LimitPolicy renamed = new LimitPolicy(
                new Name("other"), Algorithm.TOKEN_BUCKET, 5, 4, Duration.ofSeconds(3), Durability.STRICT, Mode.SHADOW);
        assertThat(policy.countsLike(renamed)).isTrue();
        assertThat(policy.countsLike(Policies.policy(Algorithm.LEAKY_BUCKET, 5, 4, Duration.ofSeconds(3))))
                .isFalse();
        assertThat(policy.countsLike(Policies.policy(Algorithm.TOKEN_BUCKET, 6, 4, Duration.ofSeconds(3))))
                .isFalse();
        assertThat(policy.countsLike(Policies.policy(Algorithm.TOKEN_BUCKET, 5, 5, Duration.ofSeconds(3))))
                .isFalse();
        assertThat(policy.countsLike(Policies.policy(Algorithm.TOKEN_BUCKET, 5, 4, Duration.ofSeconds(4))))
                .isFalse();
    }
}
