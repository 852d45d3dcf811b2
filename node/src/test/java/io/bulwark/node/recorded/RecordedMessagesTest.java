package io.bulwark.node.recorded;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRefResolver;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.bulwark.guard.Admission;
import io.bulwark.guard.CircuitReply;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.LimitReply;
import io.bulwark.guard.PolicyReply;
import io.bulwark.node.backup.BackupSamples;
import io.bulwark.node.config.Settings;
import io.bulwark.node.recorded.MessageSamples.Sample;
import io.bulwark.node.scaling.ScalingSamples;
import io.bulwark.node.service.ServiceRegistry;
import io.bulwark.service.Services;
import io.bulwark.wire.LocalOnly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * During a rolling restart the nodes of two releases stand side by side. What earlier commits wrote must be read by this
 * one; and since a node ignores members that it does not know and needs those that it knows, what this one writes must
 * hold every member that the earlier ones wrote. A line of recorded bytes is never changed; a release adds its own.
 */
class RecordedMessagesTest {
    private static final Path FILE = Path.of("src/test/resources/recorded/messages.txt");
    private static final ActorTestKit KIT = ActorTestKit.create("recorded", config());
    private static final Serialization SERIALIZATION = SerializationExtension.get(KIT.system());
    private static final ObjectMapper CBOR = new CBORMapper();
    /** Members whose names are data: one more in there is one more service or rule, not an unknown member. */
    private static final Set<String> MAPS =
            Set.of("services", "appliesTo", "values", "reports", "127.0.0.2:25520", "tags", "next");

    /** What one commit wrote for one sample. */
    record Recorded(String commit, Sample sample, String base64) {
        byte[] bytes() {
            return Base64.getDecoder().decode(base64);
        }

        @Override
        public String toString() {
            return sample + " of " + commit;
        }
    }

    /** The node's own serialisation, with remoting on a free port: references to other nodes need a provider of them. */
    private static Config config() {
        Config node = Settings.load(Optional.empty()).config();
        return ConfigFactory.parseString("akka.remote.artery.canonical { hostname = 127.0.0.1, port = 0 }")
                .withFallback(node.withOnlyPath("akka.actor"))
                .withFallback(node.withOnlyPath("akka.serialization"))
                .withFallback(ConfigFactory.load());
    }

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    static List<Sample> samples() {
        return new MessageSamples(ActorRefResolver.get(KIT.system())).all().toList();
    }

    static List<Recorded> recorded() throws IOException {
        return Files.readAllLines(FILE).stream()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split(" ", -1))
                .map(line -> new Recorded(line[0], sample(line[1]), line[2]))
                .toList();
    }

    private static Sample sample(String name) {
        return samples().stream()
                .filter(sample -> sample.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(FILE + " holds '" + name + "', and there is no sample of it"));
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void message_writtenByAnEarlierCommit_isReadAsTheSame(Recorded recorded) {
        assertThat(read(recorded.bytes(), recorded.sample().message()))
                .isEqualTo(recorded.sample().message());
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void message_writtenNow_holdsAllThatTheEarlierCommitNeeds(Recorded recorded) throws IOException {
        JsonNode before = CBOR.readTree(recorded.bytes());
        JsonNode now = CBOR.readTree(write(recorded.sample().message()));

        assertThat(missing("", before, now)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void message_withMembersOfALaterRelease_isReadAsTheSame(Recorded recorded) throws IOException {
        JsonNode later = CBOR.readTree(recorded.bytes());
        addUnknownMembers("", later);

        assertThat(read(CBOR.writeValueAsBytes(later), recorded.sample().message()))
                .isEqualTo(recorded.sample().message());
    }

    @Test
    void samples_ofEveryKindOfMessage_areThere() {
        Set<Class<?>> sampled = samples().stream()
                .flatMap(sample -> partsOf(sample.message()))
                .map(Object::getClass)
                .collect(Collectors.toSet());

        assertThat(sampled)
                .contains(Stream.concat(
                                Stream.concat(ScalingSamples.KINDS.stream(), BackupSamples.KINDS.stream()),
                                Stream.of(
                                        GuardCommand.class,
                                        GuardCommand.Relayed.class,
                                        Admission.class,
                                        LimitReply.class,
                                        LimitReply.Result.class,
                                        CircuitReply.class,
                                        PolicyReply.class,
                                        ServiceRegistry.Command.class,
                                        Services.Change.class))
                        .flatMap(type -> Stream.of(type.getPermittedSubclasses()))
                        .filter(type -> !LocalOnly.class.isAssignableFrom(type) && !type.isInterface())
                        .toArray(Class<?>[]::new));
    }

    @Test
    void samples_all_areRecordedByTheCommitThatBroughtThem() throws IOException {
        Set<String> held = recorded().stream().map(line -> line.sample().name()).collect(Collectors.toSet());

        assertThat(samples().stream()
                        .filter(sample -> !held.contains(sample.name()))
                        .map(sample -> "COMMIT " + sample.name() + " "
                                + Base64.getEncoder().encodeToString(write(sample.message()))))
                .as("lines to add to %s, with the commit whose code wrote them", FILE)
                .isEmpty();
    }

    /** A message and what in it has kinds of its own. */
    private static Stream<Object> partsOf(Object message) {
        return switch (message) {
            case ServiceRegistry.Reply reply -> Stream.of(reply, reply.change());
            case LimitReply.Decided decided -> Stream.concat(Stream.of(decided), decided.results().stream());
            default -> Stream.of(message);
        };
    }

    private static byte[] write(Object message) {
        return SERIALIZATION.serialize(message).get();
    }

    private static Object read(byte[] bytes, Object like) {
        int serializer = SERIALIZATION.findSerializerFor(like).identifier();
        return SERIALIZATION
                .deserialize(bytes, serializer, like.getClass().getName())
                .get();
    }

    /** Where {@code now} lacks, or says otherwise, what {@code before} has; members that it has on top are no matter. */
    private static List<String> missing(String where, JsonNode before, JsonNode now) {
        if (before.isObject() && now.isObject()) {
            return before.properties().stream()
                    .flatMap(member ->
                            missing(where + "/" + member.getKey(), member.getValue(), now.path(member.getKey()))
                                    .stream())
                    .toList();
        }
        if (before.isArray() && now.isArray() && before.size() == now.size()) {
            return IntStream.range(0, before.size())
                    .boxed()
                    .flatMap(i -> missing(where + "/" + i, before.get(i), now.get(i)).stream())
                    .toList();
        }
        return before.equals(now) ? List.of() : List.of(where + ": " + before + " before, " + now + " now");
    }

    private static void addUnknownMembers(String name, JsonNode node) {
        node.properties().forEach(member -> addUnknownMembers(member.getKey(), member.getValue()));
        if (node.isArray()) {
            node.forEach(element -> addUnknownMembers(name, element));
        }
        if (node instanceof ObjectNode object && !MAPS.contains(name)) {
            object.put("memberOfALaterRelease", 1);
        }
    }
}
