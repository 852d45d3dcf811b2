package io.bulwark.http.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import akka.stream.javadsl.Sink;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a service does to a call after it has the request: none of it may be mistaken for "nothing was sent". */
class UpstreamTroubleTest extends UpstreamRig {
    static Stream<Arguments> afterTheRequest() {
        return Stream.of(
                script("closes", exchange -> exchange.close()),
                script("resets", exchange -> exchange.reset()),
                script("closes within the status line", exchange -> {
                    exchange.write("HTTP/1.1 2");
                    exchange.close();
                }),
                script("closes within the head", exchange -> {
                    exchange.write("HTTP/1.1 200 OK\r\nContent-Le");
                    exchange.close();
                }),
                script("speaks another protocol", exchange -> exchange.write("SSH-2.0-OpenSSH_9.2\r\n\r\n")),
                script(
                        "answers with a status beyond HTTP",
                        exchange -> exchange.write("HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n")),
                script("answers with binary", exchange -> exchange.write("\u0000\u0001\u00ff\r\n\r\n")),
                script(
                        "sends two lengths",
                        exchange ->
                                exchange.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok")),
                script(
                        "sends a length and chunks",
                        exchange -> exchange.write(
                                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")),
                script(
                        "sends an unknown transfer coding",
                        exchange -> exchange.write(
                                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("afterTheRequest")
    void send_serviceHasTheRequestAnd_brokeOff(String name, RawService.Script script) {
        RawService service = service(script);

        assertThat(call(upstream(PATIENT, service.address()))).isInstanceOf(Verdict.BrokeOff.class);
        assertThat(service.requests()).hasSize(1);
    }

    @Test
    void send_interimAnswersFirst_areSkipped() {
        RawService service = service(exchange ->
                exchange.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OK));

        assertThat(body(call(upstream(PATIENT, service.address())))).isEqualTo("ok");
    }

    static Stream<Arguments> brokenBodies() {
        return Stream.of(
                script("length not reached", exchange -> {
                    exchange.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
                    exchange.close();
                }),
                script("no last chunk", exchange -> {
                    exchange.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nonly\r\n");
                    exchange.close();
                }),
                script("reset in the middle", exchange -> {
                    exchange.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
                    exchange.reset();
                }),
                script(
                        "broken chunk size",
                        exchange -> exchange.write(
                                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nonly\r\nzz\r\n")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenBodies")
    void send_bodyBreaksOff_endsAsBrokenOff(String name, RawService.Script script) {
        RawService service = service(script);

        Verdict.Answered answered = (Verdict.Answered) call(upstream(PATIENT, service.address()));
        var body = answered.response().entity().getDataBytes().runWith(Sink.ignore(), kit.system());

        assertThat(answered.bodyEnd().toCompletableFuture().join()).isEqualTo(BodyEnd.BROKE_OFF);
        assertThat(body.toCompletableFuture()).failsWithin(Duration.ofSeconds(30));
    }

    @Test
    void send_bodyStandsStill_endsAsStalled() {
        RawService service = service(exchange -> {
            exchange.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
            exchange.hang();
        });

        Verdict.Answered answered = (Verdict.Answered) call(upstream(PATIENT, service.address()));
        answered.response().entity().getDataBytes().runWith(Sink.ignore(), kit.system());

        assertThat(answered.bodyEnd().toCompletableFuture().join()).isEqualTo(BodyEnd.STALLED);
    }

    @Test
    void send_bodyIsNeverRead_endsAsUnwantedAndFreesTheService() {
        RawService service = service(exchange -> {
            exchange.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
            exchange.hang();
        });
        Upstream upstream = upstream(PATIENT, service.address());

        Verdict.Answered answered = (Verdict.Answered) call(upstream);

        assertThat(answered.bodyEnd().toCompletableFuture().join()).isEqualTo(BodyEnd.UNWANTED);
        Awaitility.await().until(() -> upstream.inFlight() == 0);
    }

    @Test
    void send_moreThanMaxInFlight_busyAndNothingSent() {
        CountDownLatch answer = new CountDownLatch(1);
        RawService service = service(exchange -> {
            exchange.waitFor(answer);
            exchange.write(OK);
        });
        Upstream upstream = upstream(policy(PATIENT, PATIENT, 2, Optional.empty(), service.address()));
        List<CompletableFuture<Verdict>> both = List.of(callAsync(upstream), callAsync(upstream));
        Awaitility.await().until(() -> service.requests().size() == 2);

        assertThat(call(upstream)).isEqualTo(new Verdict.Busy());
        answer.countDown();

        both.forEach(verdict -> assertThat(body(verdict.join())).isEqualTo("ok"));
        Awaitility.await().until(() -> upstream.inFlight() == 0);
        assertThat(body(call(upstream))).isEqualTo("ok");
        assertThat(service.requests()).hasSize(3);
    }

    @Test
    void send_serviceClosesKeptConnections_noCallIsLostOrSentTwice() {
        Map<String, Integer> executed = new ConcurrentHashMap<>();
        RawService service = service(exchange -> {
            executed.merge(exchange.request().line(), 1, Integer::sum);
            exchange.write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
            exchange.close();
        });
        Upstream upstream = upstream(PATIENT, service.address());

        for (int i = 0; i < 50; i++) {
            assertThat(body(call(upstream, "/" + i))).isEqualTo("ok");
        }

        assertThat(executed).hasSize(50);
        assertThat(executed.values()).containsOnly(1);
    }

    /** Services that do anything at random: no verdict says "nothing was sent" of a call that arrived. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void send_serviceDoesAnything_verdictsNeverLie(long seed) throws IOException {
        Map<String, Integer> executed = new ConcurrentHashMap<>();
        SplittableRandom dice = new SplittableRandom(seed);
        RawService service = service(exchange -> {
            executed.merge(exchange.request().line().split(" ", -1)[1], 1, Integer::sum);
            int roll;
            synchronized (dice) {
                roll = dice.nextInt(8);
            }
            switch (roll) {
                case 0 -> exchange.close();
                case 1 -> exchange.reset();
                case 2 -> {
                    exchange.write(OK);
                    exchange.close();
                }
                case 3 -> {
                    exchange.write(OK);
                    exchange.reset();
                }
                default -> exchange.write(OK);
            }
        });
        Upstream upstream = upstream(PATIENT, refusing(), service.address());
        Map<String, Verdict> verdicts = new ConcurrentHashMap<>();
        for (int round = 0; round < 30; round++) {
            List<CompletableFuture<?>> wave = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                String path = "/" + round + "-" + i;
                wave.add(callAsync(upstream, path).thenAccept(verdict -> {
                    verdicts.put(path, verdict);
                    discard(verdict);
                }));
            }
            CompletableFuture.allOf(wave.toArray(CompletableFuture<?>[]::new)).join();
        }

        assertThat(verdicts).hasSize(300);
        verdicts.forEach((path, verdict) -> {
            int times = executed.getOrDefault(path, 0);
            switch (verdict) {
                case Verdict.Answered _ -> assertThat(times).as(path).isEqualTo(1);
                case Verdict.Unreachable _, Verdict.Busy _ ->
                    assertThat(times).as(path).isZero();
                case Verdict.TimedOut _, Verdict.BrokeOff _ ->
                    assertThat(times).as(path).isLessThanOrEqualTo(1);
            }
        });
        assertThat(verdicts.values()).hasAtLeastOneElementOfType(Verdict.Answered.class);
        Awaitility.await().until(() -> upstream.inFlight() == 0);
    }
}
