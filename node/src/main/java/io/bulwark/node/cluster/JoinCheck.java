package io.bulwark.node.cluster;

import akka.cluster.ConfigValidation;
import akka.cluster.Invalid;
import akka.cluster.JoinConfigCompatChecker;
import akka.cluster.Valid$;
import com.typesafe.config.Config;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Whether a node may join: its cluster's name, secret, database and schema are those of the members. Both sides check;
 * the member logs what differs. Made by Akka, by name.
 */
public final class JoinCheck extends JoinConfigCompatChecker {
    private static final String PATH = "bulwark.compatibility.";
    private static final String NAME = PATH + "name";
    private static final String SECRET = PATH + "secret";
    private static final String DATABASE = PATH + "database";
    private static final String SCHEMA = PATH + "schema";

    /** What a node tells of itself when it wants in, by path; {@code secretProof} does not give the secret away. */
    static Map<String, Object> told(String name, String secretProof, String database, int schema) {
        return Map.of(NAME, name, SECRET, secretProof, DATABASE, database, SCHEMA, schema);
    }

    @Override
    public Seq<String> requiredKeys() {
        return CollectionConverters.asScala(List.of(NAME, SECRET, DATABASE, SCHEMA))
                .toSeq();
    }

    @Override
    public ConfigValidation check(Config toCheck, Config actual) {
        List<String> reasons = List.of(NAME, SECRET, DATABASE, SCHEMA).stream()
                .flatMap(path -> difference(path, told(toCheck, path), told(actual, path)).stream())
                .toList();
        return reasons.isEmpty()
                ? Valid$.MODULE$
                : new Invalid(CollectionConverters.asScala(reasons).toSeq());
    }

    private static Optional<String> difference(String path, String theirs, String ours) {
        if (theirs.equals(ours)) {
            return Optional.empty();
        }
        return Optional.of(
                switch (path) {
                    case NAME -> "its cluster is '" + theirs + "' and this one is '" + ours + "'";
                    case SECRET -> "its cluster secret is another";
                    case DATABASE -> "it works on another database (" + theirs + ", here " + ours + ")";
                    default -> "its schema is version " + theirs + ", here " + ours;
                });
    }

    private static String told(Config config, String path) {
        return config.hasPath(path) ? config.getString(path) : "not told";
    }
}
