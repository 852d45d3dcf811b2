package io.bulwark.load.rival;

import static org.assertj.core.api.Assertions.assertThat;

import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpResponse;
import org.junit.jupiter.api.Test;

class AnswersTest {
    private static final Quota LOW = new Quota("low", 20, 10);

    @Test
    void limit_allowed_sameMembersAsTheContract() {
        HttpResponse answer = Answers.limit(LOW, new Answers.Decision(true, 19, 1_500_000, 0));

        assertThat(answer.status().intValue()).isEqualTo(200);
        assertThat(body(answer))
                .isEqualTo("{\"allowed\":true,\"limit\":20,\"remaining\":19,\"resetAfter\":\"PT1.500000S\"}");
        assertThat(answer.getHeaders())
                .extracting(HttpHeader::toString)
                .containsExactly("RateLimit-Policy: \"low\";q=20;w=1", "RateLimit: \"low\";r=19;t=2");
    }

    @Test
    void limit_refused_saysWhenToRetry() {
        HttpResponse answer = Answers.limit(LOW, new Answers.Decision(false, 0, 2_000_000, 70));

        assertThat(answer.status().intValue()).isEqualTo(429);
        assertThat(body(answer)).endsWith(",\"retryAfter\":\"PT0.000070S\"}");
    }

    @Test
    void constant_comparedWithDecision_asLong() {
        HttpResponse decided = Answers.limit(Quota.ample(), new Answers.Decision(true, 999_999_999, 1, 0));

        assertThat(body(Answers.constant())).isEqualTo(body(decided));
        assertThat(Answers.constant().getHeaders()).isEqualTo(decided.getHeaders());
    }

    @Test
    void asked_pathOfTheContract_takenApart() {
        Asked asked = Asked.of("/v1/tenants/t-1/limits/low/acquire", "{\"cost\":2}");

        assertThat(asked.tenant()).isEqualTo("t-1");
        assertThat(asked.subject()).isEqualTo("low");
        assertThat(asked.verb()).isEqualTo("acquire");
        assertThat(asked.json().path("cost").asInt()).isEqualTo(2);
        assertThat(Asked.of("/t/acme/payments/call", "").tenant()).isEqualTo("acme");
    }

    private static String body(HttpResponse answer) {
        return ((HttpEntity.Strict) answer.entity()).getData().utf8String();
    }
}
