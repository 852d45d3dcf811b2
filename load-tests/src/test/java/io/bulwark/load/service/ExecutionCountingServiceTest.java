package io.bulwark.load.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.client.Reply;
import io.bulwark.load.history.Arrival;
import io.bulwark.load.history.History;
import io.bulwark.load.wire.HttpMessage;
import io.bulwark.load.wire.RawConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExecutionCountingServiceTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final History history = new History();

    @Test
    void answer_asPlanned_carriesABodyOfItsOwn() {
        try (var service = start(new Behaviour.Answer(201));
                var client = new BulwarkClient(service::address, "")) {
            Reply first = client.keyed("/charges", "k1", "{}");
            Reply second = client.keyed("/charges", "k1", "{}");

            assertThat(List.of(first.status(), second.status())).containsExactly(201, 201);
            assertThat(first.body()).isNotEqualTo(second.body());
            assertThat(service.arrivals("k1")).isEqualTo(2);
            assertThat(history.arrivals()).extracting(Arrival::done).containsOnly(Arrival.Done.ANSWERED);
        }
    }

    @Test
    void breakOff_inTheMiddle_leavesTheCallerWithoutAnAnswer() {
        try (var service = start(new Behaviour.BreakOff());
                var client = new BulwarkClient(service::address, "")) {
            assertThatThrownBy(() -> client.keyed("/charges", "k1", "{}")).isInstanceOf(UncheckedIOException.class);
            assertThat(history.arrivals()).extracting(Arrival::done).containsOnly(Arrival.Done.LEFT_OPEN);
        }
    }

    @Test
    void hang_answersNothingUntilTheCallerGoes() throws IOException {
        try (var service = start(new Behaviour.Hang());
                var raw = RawConnection.to(service.address(), Duration.ofMillis(200))) {
            raw.send("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}");

            assertThatThrownBy(raw::answer).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void request_inChunks_isReadWhole() throws IOException {
        try (var service = start(new Behaviour.Answer(201));
                var raw = RawConnection.to(service.address(), SOON)) {
            raw.send("POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n");

            assertThat(raw.answer())
                    .hasValueSatisfying(answer -> assertThat(answer.status()).isEqualTo(201));
            assertThat(service.latest()).extracting(HttpMessage::text).isEqualTo("abcde");
        }
    }

    @Test
    void troubled_samePlanTwice_doesTheSame() {
        HttpMessage request = new HttpMessage("POST / HTTP/1.1", List.of(), "");
        List<Behaviour> once = behaviours(Plan.troubled(7), request);

        assertThat(behaviours(Plan.troubled(7), request)).isEqualTo(once);
        assertThat(behaviours(Plan.troubled(8), request)).isNotEqualTo(once);
        assertThat(once.stream().collect(Collectors.groupingBy(b -> b, Collectors.counting())))
                .as("every kind of trouble comes up among 500 keys")
                .hasSize(7);
    }

    @Test
    void troubled_fourthRequestOfAKey_isAnswered() {
        HttpMessage request = new HttpMessage("POST / HTTP/1.1", List.of(), "");

        assertThat(IntStream.range(0, 500).mapToObj(i -> Plan.troubled(7).behaviour(request, "k" + i, 3)))
                .containsOnly(new Behaviour.Answer(201));
    }

    private static List<Behaviour> behaviours(Plan plan, HttpMessage request) {
        return IntStream.range(0, 500)
                .mapToObj(i -> plan.behaviour(request, "key-" + i, 0))
                .toList();
    }

    private ExecutionCountingService start(Behaviour behaviour) {
        return ExecutionCountingService.start(Plan.always(behaviour), history);
    }
}
