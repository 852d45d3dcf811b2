package io.bulwark.persistence.tenant;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.bulwark.tenant.TenantPolicy;
import java.sql.SQLException;

/**
 * Policies as the table {@code tenant} has them: as the API shows them. A member that this release does not know is
 * passed over, because a newer one may have written it while the nodes are being replaced.
 */
final class PolicyJson {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModules(new Jdk8Module(), new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS, SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private PolicyJson() {}

    static String write(TenantPolicy policy) {
        try {
            return MAPPER.writeValueAsString(policy);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The policy cannot be written as JSON: " + policy, e);
        }
    }

    /** @throws SQLException when the text is no policy that this release understands */
    static TenantPolicy read(String json) throws SQLException {
        try {
            return MAPPER.readValue(json, TenantPolicy.class);
        } catch (JsonProcessingException e) {
            throw new SQLException("The table tenant holds a policy that cannot be read: " + e.getOriginalMessage(), e);
        }
    }
}
