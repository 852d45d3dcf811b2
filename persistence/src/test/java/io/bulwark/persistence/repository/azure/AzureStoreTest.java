package io.bulwark.persistence.repository.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.azure.storage.blob.sas.BlobContainerSasPermission;
import com.azure.storage.blob.sas.BlobServiceSasSignatureValues;
import io.bulwark.persistence.repository.ObjectStore;
import io.bulwark.persistence.repository.ObjectStoreContract;
import io.bulwark.persistence.repository.ObjectWriter;
import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.IOException;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

@EnabledIfSystemProperty(named = "bulwark.long", matches = "true")
class AzureStoreTest extends ObjectStoreContract {
    @Override
    protected ObjectStore openEmpty() {
        String missing = Azurite.missing().orElse("");
        assumeTrue(missing.isEmpty(), missing);
        return AzureStore.open(Azurite.emptyContainer());
    }

    @Override
    protected int bytesOfMoreThanOnePiece() {
        return 6_000_000;
    }

    @Override
    protected int objectsOfMoreThanOnePage() {
        return 10;
    }

    @Test
    void wrongKeyOrContainer_isTold() {
        AzureSettings right = Azurite.emptyContainer();
        AzureCredentials wrong = new AzureCredentials.AccountKey(Azurite.CREDENTIALS.account(), "bm90LXRoZS1rZXk=");
        try (AzureStore store = AzureStore.open(AzureSettings.of(right.endpoint(), right.container(), wrong))) {
            assertThatThrownBy(() -> store.list(""))
                    .hasMessageContaining("these credentials are wrong")
                    .hasMessageNotContaining("bm90LXRoZS1rZXk=")
                    .isInstanceOfSatisfying(
                            StoreTrouble.class,
                            trouble -> assertThat(trouble.kind()).isEqualTo(Kind.DENIED));
        }
        AzureSettings lost = AzureSettings.of(right.endpoint(), "no-such-container", Azurite.CREDENTIALS);
        try (AzureStore store = AzureStore.open(lost)) {
            for (var call :
                    List.<ThrowingCallable>of(() -> store.list(""), () -> store.open("a"), () -> commit(store))) {
                assertThatThrownBy(call)
                        .hasMessageContaining("no such container")
                        .hasMessageContaining("Azure container no-such-container at http://127.0.0.1:")
                        .isInstanceOfSatisfying(
                                StoreTrouble.class,
                                trouble -> assertThat(trouble.kind()).isEqualTo(Kind.FAILED));
            }
        }
    }

    @Test
    void sharedAccessSignature_isEnough_andIsNotShown() throws IOException {
        AzureSettings settings = Azurite.emptyContainer();
        String token = AzureClients.open(settings, new JdkHttpClient(settings.limits()))
                .generateSas(new BlobServiceSasSignatureValues(
                        InstantSource.system()
                                .instant()
                                .atOffset(ZoneOffset.UTC)
                                .plusHours(1),
                        BlobContainerSasPermission.parse("rcwdl")));
        AzureSettings signed = new AzureSettings(
                settings.endpoint(),
                settings.container(),
                "",
                new AzureCredentials.SharedAccess(token),
                settings.limits());
        assertThat(signed.toString() + signed.describe()).doesNotContain("sig=");
        try (AzureStore store = AzureStore.open(signed)) {
            commit(store);
            assertThat(store.list("")).hasSize(1);
            assertThatThrownBy(() -> commit(store))
                    .hasMessageNotContaining("sig=")
                    .isInstanceOfSatisfying(
                            StoreTrouble.class,
                            trouble -> assertThat(trouble.kind()).isEqualTo(Kind.EXISTS));
            store.delete("a");
            assertThat(store.stat("a")).isEmpty();
        }
    }

    private static void commit(AzureStore store) throws IOException {
        try (ObjectWriter writer = store.create("a")) {
            writer.commit();
        }
    }
}
