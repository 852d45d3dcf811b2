package io.bulwark.node.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import akka.actor.typed.ActorRef;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.typed.ClusterSingleton;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.InstantSource;

/** The arrows that Maven cannot see: those inside the modules. */
@AnalyzeClasses(packages = "io.bulwark", importOptions = ArrowsTest.WithoutTests.class)
class ArrowsTest {
    private static final String[] DECISIONS = {
        "io.bulwark.admission..",
        "io.bulwark.ratelimit..",
        "io.bulwark.circuit..",
        "io.bulwark.idempotency..",
        "io.bulwark.tenant..",
        "io.bulwark.service..",
        "io.bulwark.scaling..",
        "io.bulwark.cluster..",
        "io.bulwark.restore..",
        "io.bulwark.grammar..",
        "io.bulwark.wire.."
    };

    /** Of this module and, as folders or packaged, of others. */
    static final class WithoutTests implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return Predefined.DO_NOT_INCLUDE_TESTS.includes(location) && !location.contains("-tests.jar");
        }
    }

    @ArchTest
    static final ArchRule decisionsAreFreeOfAkkaSqlAndClocks = noClasses()
            .that()
            .resideInAnyPackage(DECISIONS)
            .should()
            .dependOnClassesThat(akkaOtherThanActorRef())
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "javax.sql..", "java.net.http..", "java.nio.file..")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(InstantSource.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Clock.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(java.util.random.RandomGenerator.class);

    @ArchTest
    static final ArchRule capabilitiesOfTheVocabularyHaveNoCycles = slices().matching(
                    "io.bulwark.(admission|ratelimit|circuit|idempotency|tenant|service|scaling|cluster|restore|guard|grammar|wire)..")
            .should()
            .beFreeOfCycles();

    @ArchTest
    static final ArchRule capabilitiesOfPersistenceHaveNoCycles =
            slices().matching("io.bulwark.persistence.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule capabilitiesOfHttpHaveNoCycles =
            slices().matching("io.bulwark.http.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule capabilitiesOfTheNodeHaveNoCycles =
            slices().matching("io.bulwark.node.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyTheNodeStartsShardingAndSingletons = noClasses()
            .that()
            .resideOutsideOfPackage("io.bulwark.node..")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(ClusterSharding.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(ClusterSingleton.class);

    @ArchTest
    static final ArchRule httpNeverSeesPersistence = noClasses()
            .that()
            .resideInAPackage("io.bulwark.http..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.bulwark.persistence..", "java.sql..");

    @ArchTest
    static final ArchRule everyPackageIsNullMarked = classes()
            .that(DescribedPredicate.describe(
                    "are package-info", type -> type.getSimpleName().equals("package-info")))
            .should()
            .beAnnotatedWith("org.jspecify.annotations.NullMarked");

    private static DescribedPredicate<JavaClass> akkaOtherThanActorRef() {
        return DescribedPredicate.describe(
                "Akka other than ActorRef",
                type -> type.getPackageName().startsWith("akka.") && !type.isEquivalentTo(ActorRef.class));
    }
}
