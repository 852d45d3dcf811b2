package io.bulwark.load.rival;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfigurationsTest {
    private static final Path HOME = Path.of("/scratch");
    private static final List<Quota> QUOTAS = List.of(Quota.ample(), new Quota("low", 20, 10));

    @Test
    void nginx_quotasGiven_oneZoneAndOneLocationEach() {
        assertThat(Nginx.configuration(8000, 2, HOME, QUOTAS))
                .contains("worker_processes 2;", "listen 127.0.0.1:8000 ")
                .contains("limit_req_zone $uri zone=requests:10m rate=1000000r/s;")
                .contains("limit_req_zone $uri zone=low:10m rate=10r/s;")
                .contains("limit_req zone=low burst=19 nodelay;")
                .contains("limit_req_status 429;")
                .contains("return 200 '" + Constant.BODY + "';");
    }

    @Test
    void nginx_answer_standsBehindTheLimit() {
        String text = Nginx.configuration(8000, 1, HOME, QUOTAS);

        assertThat(text.substring(0, text.indexOf("location @admitted")))
                .contains("limit_req zone=low")
                .doesNotContain("return ");
    }

    @Test
    void nginx_capacityOfOne_noBurst() {
        assertThat(Nginx.configuration(8000, 1, HOME, List.of(new Quota("one", 1, 5))))
                .contains("limit_req zone=one;")
                .doesNotContain("burst");
    }

    @Test
    void haproxy_quotasGiven_countsOnlyWhatItAdmits() {
        String text = Haproxy.configuration(8000, 2, QUOTAS);

        assertThat(text).contains("nbthread 2", "bind 127.0.0.1:8000 ", "backend low", "store gpc0,gpc0_rate(1s)");
        assertThat(text.indexOf("deny_status 429 if { path_end /limits/low/acquire } { sc0_gpc0_rate(low) ge 10 }"))
                .isPositive()
                .isLessThan(text.indexOf("sc-inc-gpc0(0) if { path_end /limits/low/acquire }"));
    }

    @Test
    void redis_everyWrite_syncsBeforeItAnswers() {
        assertThat(Redis.configuration(7000, HOME, Redis.Durability.EVERY_WRITE))
                .contains("port 7000\n", "bind 127.0.0.1\n", "dir /scratch\n", "appendonly yes\nappendfsync always\n");
    }

    @Test
    void redis_none_writesNothing() {
        assertThat(Redis.configuration(7000, HOME, Redis.Durability.NONE)).contains("appendonly no\n", "save \"\"\n");
    }

    @Test
    void thresholds_policy_putsOutOfReachWhatTheLibraryHasNot() {
        assertThat(Thresholds.policy())
                .contains("\"failureRate\":0.5,\"minimumCalls\":20,\"window\":\"PT10S\"")
                .contains("\"openFor\":\"PT5S\",\"openForMax\":\"PT5S\",\"probes\":3")
                .contains("\"consecutiveFailures\":100000");
    }
}
