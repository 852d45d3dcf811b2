package io.bulwark.persistence.repository.s3;

import io.bulwark.persistence.repository.remote.RemoteLimits;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/**
 * The SDK's client, as the settings want it. Checksums are computed here and sent as plain headers, and bodies are not cut
 * into signed chunks, because servers other than Amazon's know only that. What is read is checked by its reader: the
 * repository authenticates every frame.
 */
final class S3Clients {
    private S3Clients() {}

    static S3Client open(S3Settings settings) {
        RemoteLimits limits = settings.limits();
        S3ClientBuilder builder = S3Client.builder()
                .credentialsProvider(credentials(settings.credentials()))
                .forcePathStyle(settings.pathStyle())
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .serviceConfiguration(service -> service.chunkedEncodingEnabled(false))
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(limits.connectWithin())
                        .socketTimeout(limits.attemptWithin()))
                .overrideConfiguration(override -> override.apiCallAttemptTimeout(limits.attemptWithin())
                        .apiCallTimeout(limits.callWithin())
                        .retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                                .maxAttempts(limits.attemptsMax())
                                .build()));
        settings.endpoint().ifPresent(builder::endpointOverride);
        settings.region()
                .or(() -> settings.endpoint().map(_ -> "us-east-1"))
                .map(Region::of)
                .ifPresent(builder::region);
        return builder.build();
    }

    private static AwsCredentialsProvider credentials(S3Credentials credentials) {
        return switch (credentials) {
            case S3Credentials.Found() -> DefaultCredentialsProvider.builder().build();
            case S3Credentials.Given(String id, String secret, var token) ->
                StaticCredentialsProvider.create(
                        token.isPresent()
                                ? AwsSessionCredentials.create(id, secret, token.get())
                                : AwsBasicCredentials.create(id, secret));
        };
    }
}
