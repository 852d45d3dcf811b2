package io.bulwark.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemberAddressTest {
    @ParameterizedTest
    @CsvSource({
        // written, host, port, shown
        "127.0.0.1:25520, 127.0.0.1, 25520, 127.0.0.1:25520",
        "node-1.bulwark.svc:1, node-1.bulwark.svc, 1, node-1.bulwark.svc:1",
        "LocalHost:65535, localhost, 65535, localhost:65535",
        "[::1]:25520, ::1, 25520, [::1]:25520",
        "[FD00::A]:80, fd00::a, 80, [fd00::a]:80"
    })
    void parse_aWellWrittenAddress_isReadAndShownAgain(String written, String host, int port, String shown) {
        MemberAddress address = MemberAddress.parse(written);

        assertThat(address).isEqualTo(new MemberAddress(host, port));
        assertThat(address).hasToString(shown);
        assertThat(MemberAddress.parse(shown)).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "host",
                "host:",
                ":25520",
                "host:0",
                "host:65536",
                "host:025520",
                "host:+1",
                "host:1 ",
                " host:1",
                "ho st:1",
                "host/x:1",
                "-host:1",
                "host-:1",
                "::1:25520",
                "[::1]",
                "[::1]:",
                "[host]:1",
                "[127.0.0.1]:1",
                "[::1%eth0]:1",
                "[:::1]:1",
                "[[::1]]:1",
                "[::1:1",
                "a:b:1",
                "user@host:1"
            })
    void parse_anythingElse_isRefused(String written) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MemberAddress.parse(written))
                .withMessageContaining("is not the address of a member: expected");
    }
}
