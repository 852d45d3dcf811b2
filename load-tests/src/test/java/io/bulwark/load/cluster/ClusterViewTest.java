package io.bulwark.load.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClusterViewTest {
    @Test
    void isWhole_allUpAndReachable_andNoOthers() {
        assertThat(view("up", true).isWhole(Set.of("a:1", "b:1"))).isTrue();
        assertThat(view("up", true).isWhole(Set.of("a:1", "b:1", "c:1"))).isFalse();
        assertThat(view("up", true).isWhole(Set.of("a:1"))).isFalse();
        assertThat(view("up", false).isWhole(Set.of("a:1", "b:1"))).isFalse();
        assertThat(view("leaving", true).isWhole(Set.of("a:1", "b:1"))).isFalse();
    }

    @Test
    void busiest_isTheOneWithTheMostGuards() {
        assertThat(view("up", true).busiest()).isEqualTo("b:1");
    }

    private static ClusterView view(String status, boolean reachable) {
        String two = """
            {"name":"bulwark","self":"a:1","leader":"a:1","members":[
            {"address":"a:1","status":"up","reachable":true,"oldest":true,"version":"1","shards":7,"guards":3},
            {"address":"b:1","status":"%s","reachable":%s,"oldest":false,"version":"1","guards":9}],"coordinators":[]}""".formatted(status, reachable);
        try {
            return ClusterView.of(new ObjectMapper().readTree(two));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
