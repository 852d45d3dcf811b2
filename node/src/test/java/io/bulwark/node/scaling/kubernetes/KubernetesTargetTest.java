package io.bulwark.node.scaling.kubernetes;

import static io.bulwark.node.scaling.kubernetes.MockedApi.PATIENCE;
import static io.bulwark.node.scaling.kubernetes.MockedApi.POD;
import static io.bulwark.node.scaling.kubernetes.MockedApi.PODS;
import static io.bulwark.node.scaling.kubernetes.MockedApi.SCALE;
import static io.bulwark.node.scaling.kubernetes.MockedApi.STATEFUL_SCALE;
import static io.bulwark.node.scaling.kubernetes.MockedApi.config;
import static io.bulwark.node.scaling.kubernetes.MockedApi.list;
import static io.bulwark.node.scaling.kubernetes.MockedApi.pod;
import static io.bulwark.node.scaling.kubernetes.MockedApi.scale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.bulwark.cluster.MemberAddress;
import io.bulwark.node.scaling.ScaleTarget.Order;
import io.bulwark.node.scaling.ScaleTarget.Size;
import io.bulwark.node.scaling.TargetTrouble;
import io.bulwark.node.scaling.TargetTrouble.Kind;
import io.bulwark.node.scaling.kubernetes.MockedApi.Asked;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sizes are read and set, the fence holds, and the pod that is to go is marked. */
class KubernetesTargetTest {
    private static final MemberAddress LEAVER = MemberAddress.parse("10.0.0.2:25520");
    private static final String MARK =
            "{\"metadata\":{\"annotations\":{\"controller.kubernetes.io/pod-deletion-cost\":\"-100\"}}}";
    private static final String NO_MARK =
            "{\"metadata\":{\"annotations\":{\"controller.kubernetes.io/pod-deletion-cost\":null}}}";

    private final MockedApi api = new MockedApi();
    private final KubernetesTarget target = api.target();

    @AfterEach
    void close() {
        target.close();
        api.close();
    }

    private static Order order(String version, int to) {
        return order(version, to, () -> true);
    }

    private static Order order(String version, int to, BooleanSupplier stillLeads) {
        return new Order(new Size(0, version), to, Optional.of(LEAVER), stillLeads);
    }

    private TargetTrouble refusalOf(Order order) {
        return catchThrowableOfType(TargetTrouble.class, () -> target.scale(order));
    }

    @Test
    void size_ofADeployment_isWhatIsAskedForAndItsVersion() throws Exception {
        api.isScaledTo(3, "41");

        assertThat(target.size()).isEqualTo(new Size(3, "41"));
    }

    /** The API leaves numbers out that are 0. */
    @Test
    void size_withoutReplicas_isNone() throws Exception {
        api.gets(SCALE, """
                {"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"resourceVersion": "41"}, "spec": {}}""");

        assertThat(target.size()).isEqualTo(new Size(0, "41"));
    }

    @Test
    void size_thatWasTakenAndIsNotThereYet_isTheOneThatWasTaken() throws Exception {
        api.getsOnce(SCALE, scale(1, "41"));
        api.takesSizes();
        target.scale(order("41", 3));
        api.isScaledTo(3, "42"); // and its status says 1

        assertThat(target.size()).isEqualTo(new Size(3, "42"));
    }

    @Test
    void scale_toMore_writesTheSizeUnderTheVersionThatWasRead() throws Exception {
        api.isScaledTo(3, "41");
        api.takesSizes();

        target.scale(order("41", 5));

        List<Asked> written = api.written();
        assertThat(written).extracting(Asked::what).containsExactly("PUT " + SCALE);
        assertThat(written.getFirst().body())
                .contains("\"replicas\":5")
                .contains("\"resourceVersion\":\"41\"")
                .contains("\"kind\":\"Scale\"");
    }

    @Test
    void scale_toLess_marksTheLeaverFirst() throws Exception {
        api.isScaledTo(3, "41");
        api.takesSizes();
        api.gets(PODS, list("Pod", pod("bulwark-a", "10.0.0.1", ""), pod("bulwark-b", "10.0.0.2", "")));
        api.patches(POD + "bulwark-b", 200);

        target.scale(order("41", 2));

        assertThat(api.written()).first().isEqualTo(new Asked("PATCH " + POD + "bulwark-b", MARK));
    }

    @Test
    void scale_toLess_writesTheSizeAfterTheMark() throws Exception {
        api.isScaledTo(3, "41");
        api.takesSizes();
        api.gets(PODS, list("Pod", pod("bulwark-b", "10.0.0.2", "")));
        api.patches(POD + "bulwark-b", 200);

        target.scale(order("41", 2));

        assertThat(api.written()).extracting(Asked::what).containsExactly("PATCH " + POD + "bulwark-b", "PUT " + SCALE);
    }

    @Test
    void scale_toLess_takesMarksOfEarlierOrdersAway() throws Exception {
        api.isScaledTo(3, "41");
        api.takesSizes();
        api.gets(
                PODS,
                list(
                        "Pod",
                        pod("bulwark-a", "10.0.0.1", "-100"),
                        pod("bulwark-b", "10.0.0.2", "-100"),
                        pod("bulwark-c", "10.0.0.3", "7")));
        api.patches(POD + "bulwark-a", 200);

        target.scale(order("41", 2));

        assertThat(api.written()).first().isEqualTo(new Asked("PATCH " + POD + "bulwark-a", NO_MARK));
        assertThat(api.written()).isEmpty();
    }

    @Test
    void scale_toLessWithAHostName_marksThePodOfThatName() throws Exception {
        api.isScaledTo(3, "41");
        api.takesSizes();
        api.gets(PODS, list("Pod", pod("bulwark-b", "10.0.0.2", "")));
        api.patches(POD + "bulwark-b", 200);

        target.scale(new Order(new Size(3, "41"), 2, Optional.of(MemberAddress.parse("bulwark-b:25520")), () -> true));

        assertThat(api.written()).first().isEqualTo(new Asked("PATCH " + POD + "bulwark-b", MARK));
    }

    @Test
    void scale_toLessWithoutTheLeaversPod_goesOn() throws Exception {
        api.isScaledTo(3, "41");
        api.takesSizes();
        api.gets(PODS, list("Pod", pod("bulwark-a", "10.0.0.1", "")));

        target.scale(order("41", 2));

        assertThat(api.written()).extracting(Asked::what).containsExactly("PUT " + SCALE);
    }

    @Test
    void scale_toLessWherePodsMayNotBeSeen_goesOn() throws Exception {
        api.isScaledTo(3, "41");
        api.takesSizes();
        api.getFails(PODS, 403);

        target.scale(order("41", 2));

        assertThat(api.written()).extracting(Asked::what).containsExactly("PUT " + SCALE);
    }

    @Test
    void scale_toLessWherePodsMayNotBeMarked_goesOn() throws Exception {
        api.isScaledTo(3, "41");
        api.takesSizes();
        api.gets(PODS, list("Pod", pod("bulwark-b", "10.0.0.2", "")));
        api.patches(POD + "bulwark-b", 403);

        target.scale(order("41", 2));

        assertThat(api.written())
                .extracting(Asked::what)
                .endsWith("PUT " + SCALE)
                .hasSize(2);
    }

    @Test
    void scale_ofAStatefulSet_marksNothing() throws Exception {
        api.gets(STATEFUL_SCALE, scale(3, "41"));
        api.puts(STATEFUL_SCALE, scale(2, "42"));

        try (KubernetesTarget stateful = api.target(KubernetesSettings.Kind.STATEFUL_SET, PATIENCE)) {
            stateful.scale(order("41", 2));
        }

        assertThat(api.asked())
                .extracting(Asked::what)
                .containsExactly("GET " + STATEFUL_SCALE, "PUT " + STATEFUL_SCALE);
    }

    @Test
    void scale_whenTheVersionIsAnother_isAConflictAndWritesNothing() throws Exception {
        api.isScaledTo(4, "42");

        TargetTrouble refusal = refusalOf(order("41", 5));

        assertThat(refusal.kind()).isEqualTo(Kind.CONFLICT);
        assertThat(refusal).hasMessageContaining("version 42").hasMessageContaining("version 41");
        assertThat(api.written()).isEmpty();
    }

    @Test
    void scale_whenSomebodyWritesBetween_isAConflict() {
        api.isScaledTo(3, "41");
        api.putFails(SCALE, 409);

        assertThat(refusalOf(order("41", 5)).kind()).isEqualTo(Kind.CONFLICT);
    }

    @Test
    void scale_whenSuperseded_writesNothing() throws Exception {
        api.isScaledTo(3, "41");

        TargetTrouble refusal = refusalOf(order("41", 5, () -> false));

        assertThat(refusal.kind()).isEqualTo(Kind.SUPERSEDED);
        assertThat(api.asked()).extracting(Asked::what).containsExactly("GET " + SCALE);
    }

    @Test
    void scale_toLessWhenSuperseded_marksNothing() throws Exception {
        api.isScaledTo(3, "41");

        assertThat(refusalOf(order("41", 2, () -> false)).kind()).isEqualTo(Kind.SUPERSEDED);
        assertThat(api.asked()).extracting(Asked::what).containsExactly("GET " + SCALE);
    }

    /** The last question comes after the mark, right before the size is written. */
    @Test
    void scale_toLessWhenSupersededMeanwhile_leavesTheSize() throws Exception {
        api.isScaledTo(3, "41");
        api.gets(PODS, list("Pod", pod("bulwark-b", "10.0.0.2", "")));
        api.patches(POD + "bulwark-b", 200);
        Iterator<Boolean> leads = List.of(true, false).iterator();

        assertThat(refusalOf(order("41", 2, leads::next)).kind()).isEqualTo(Kind.SUPERSEDED);
        assertThat(api.written()).extracting(Asked::what).containsExactly("PATCH " + POD + "bulwark-b");
    }

    @Test
    void scale_withALead_asksAfterReadingAndBeforeWriting() throws Exception {
        api.isScaledTo(3, "41");
        api.takesSizes();

        target.scale(order("41", 5, () -> askedNow().equals(List.of("GET " + SCALE))));

        assertThat(askedNow()).containsExactly("PUT " + SCALE);
    }

    private List<String> askedNow() {
        try {
            return api.asked().stream().map(Asked::what).toList();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void create_withoutANamespaceAndOutsideOfAPod_saysWhatToSet() {
        var settings = new KubernetesSettings("", KubernetesSettings.Kind.DEPLOYMENT, "bulwark", PATIENCE);
        var nowhere = config("http://localhost:1/");
        nowhere.setNamespace("");

        assertThatThrownBy(() -> KubernetesTarget.create(settings, nowhere))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bulwark.scaling.kubernetes.namespace");
    }
}
