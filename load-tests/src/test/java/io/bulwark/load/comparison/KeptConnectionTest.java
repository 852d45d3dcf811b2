package io.bulwark.load.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.bulwark.load.history.History;
import io.bulwark.load.service.Behaviour;
import io.bulwark.load.service.ExecutionCountingService;
import io.bulwark.load.service.Plan;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import org.junit.jupiter.api.Test;

class KeptConnectionTest {
    @Test
    void exchange_severalInTurn_eachItsAnswer() throws IOException {
        Plan plan = (request, key, earlier) -> request.body().isEmpty()
                ? new Behaviour.Raw("HTTP/1.1 204 No Content\r\n\r\n")
                : new Behaviour.Raw("HTTP/1.1 201 Created\r\nCONTENT-LENGTH:  "
                        + (10 + request.body().length()) + "\r\n\r\n{\"token\":" + request.body() + "}");
        try (var service = ExecutionCountingService.start(plan, new History());
                var connection = new KeptConnection(address(service))) {
            assertThat(connection.exchange(Requests.post("/a", "secret", "17")))
                    .isEqualTo(new KeptConnection.Answer(201, "{\"token\":17}"));
            assertThat(connection.exchange(Requests.get("/a", "secret"))).isEqualTo(new KeptConnection.Answer(204, ""));
            assertThat(connection.exchange(Requests.post("/a", "secret", "4711")))
                    .isEqualTo(new KeptConnection.Answer(201, "{\"token\":4711}"));
        }
    }

    @Test
    void exchange_answerBreaksOff_fails() throws IOException {
        try (var service = ExecutionCountingService.start(Plan.always(new Behaviour.BreakOff()), new History());
                var connection = new KeptConnection(address(service))) {
            assertThatIOException()
                    .isThrownBy(() -> connection.exchange(Requests.get("/a", "secret")))
                    .isInstanceOf(EOFException.class);
        }
    }

    @Test
    void exchange_noLength_fails() throws IOException {
        Behaviour chunked = new Behaviour.Raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        try (var service = ExecutionCountingService.start(Plan.always(chunked), new History());
                var connection = new KeptConnection(address(service))) {
            assertThatIOException()
                    .isThrownBy(() -> connection.exchange(Requests.get("/a", "secret")))
                    .isInstanceOf(ProtocolException.class)
                    .withMessageContaining("without a length");
        }
    }

    private static InetSocketAddress address(ExecutionCountingService service) {
        return new InetSocketAddress(
                InetAddress.getLoopbackAddress(), service.address().getPort());
    }
}
